import { parse } from 'yaml';
import { workflowIds } from '../../src/contracts';
import type { PipelineResult, PipelineSettings } from '../../src/contracts';
import { openTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { dockerSocket, recommendationImages } from '../support/podman';
import { functions, processes, RECOMMENDATION } from '../support/recommendation';

jest.setTimeout(300_000);

/** Runs the pipeline that ships as it stands, with a worker for its GPU stage; the model is called as the pipeline. */
async function runSample(pipelines: PipelineSettings) {
  const loop = await openTestLoop();
  const gpu: TestLoop = { ...loop, taskQueue: `${loop.taskQueue}-gpu` };
  const stops = [await workOn(loop, { pipelines }), await workOn(gpu, { pipelines })];
  try {
    const handle = await loop.temporal.workflow.start('loopwright.runPipeline', {
      workflowId: workflowIds.pipeline('recommendation-pipeline', loop.model),
      taskQueue: loop.taskQueue,
      args: [{ spec: parse(RECOMMENDATION), at: '2026-11-25T02:00:00.000Z', returns: ['model-training.model'] }],
    });
    const result = (await handle.result()) as PipelineResult;
    const target = { model: 'recommendation-pipeline' };
    const [serving, version] = [
      await loop.client.deployments.current(target),
      await loop.client.models.find(target.model, 1),
    ];
    const stages = await loop.stores.pipelineStages.of(result.run);
    return { result, serving, version, stages };
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    // The deployment drains the version that served before, which is none: it is left running.
    await loop.temporal.workflow
      .getHandle('deployment:recommendation-pipeline:production')
      .terminate()
      .catch(() => undefined);
    await loop.close();
  }
}

const settings: Readonly<Record<string, PipelineSettings>> = { function: functions, process: processes() };

test.each(Object.keys(settings))('the pipeline that ships runs unchanged, each image by a %s', async (kind) => {
  checkRun(kind, await runSample(settings[kind]!));
});

const socketPath = dockerSocket();

(socketPath === null ? test.skip : test)('the pipeline that ships runs unchanged in containers', async () => {
  const { executors, paths } = await recommendationImages(socketPath!);
  checkRun('docker', await runSample({ executors, paths, docker: { socketPath: socketPath! } }));
});

function checkRun(kind: string, { result, serving, version, stages }: Awaited<ReturnType<typeof runSample>>) {
  expect(result).toMatchObject({ decision: 'succeeded', stages: { succeeded: 5, failed: 0, skipped: 0 } });
  expect(serving).toMatchObject({ champion: 1, environment: 'production' });
  expect(version).toMatchObject({
    format: 'loopwright/logistic-regression@1',
    signature: [{ name: 'hours', type: 'number' }],
  });
  const of = (name: string) => stages.find(({ stage, unit }) => stage === name && unit === 0)!;
  expect(of('data-extraction').intended!.inputs).toEqual({ date_range: '2026-11-18 to 2026-11-25' });
  expect(of('model-training').intended).toMatchObject({
    executor: kind,
    hyperparameters: { learning_rate: 0.001, epochs: 100 },
  });
  const { accuracy, auc } = of('model-validation').outcome!.metrics;
  expect(accuracy).toBeGreaterThan(0.95);
  expect(auc).toBeGreaterThan(0.99);
  expect(of('model-training').outcome!.outputs.model).toEqual(result.outputs['model-training.model']);
}
