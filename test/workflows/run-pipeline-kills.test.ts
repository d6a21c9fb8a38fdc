import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workflowIds } from '../../src/contracts';
import type { PipelineResult } from '../../src/contracts';
import { openTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import type { Death } from '../support/mortal-child';
import { startMortalWorker } from '../support/mortal-worker';
import { processes, RECOMMENDATION } from '../support/recommendation';

jest.setTimeout(600_000);

const STAGES = ['extract', 'features', 'train', 'validate'];
/** A lost attempt is noticed after half a minute: so many runs wait at once. */
const AT_ONCE = 12;

const visits = (activity: string, most: number): Death[] =>
  Array.from({ length: most }, (_, k) => k + 1).flatMap((visit) =>
    (['before', 'during', 'after'] as const).map((moment) => ({ activity, visit, moment })),
  );
// Five stages: the deployment asks for its image as well, though none is run.
const deaths: Death[] = [
  ...visits('openPipelineRun', 1),
  ...visits('runStage', 5),
  ...visits('registerStageModel', 1),
  ...visits('decideDeployment', 1),
  ...visits('closePipelineRun', 1),
];

interface Run {
  readonly result: PipelineResult;
  /** Stages that were carried out, in order. */
  readonly calls: readonly string[];
  readonly versions: number;
  readonly serving: number | null;
  readonly killed: NodeJS.Signals | null;
  readonly left: readonly string[];
}

const opened: TestLoop[] = [];
const runs = new Map<Death, Promise<Run>>();
beforeAll(() => {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  deaths.forEach((death, k) => {
    const run = lanes[k % AT_ONCE]!.then(() => runOver(death));
    lanes[k % AT_ONCE] = run.catch(() => undefined);
    runs.set(death, run);
  });
});
afterAll(async () => {
  await Promise.allSettled(runs.values());
  await Promise.all(opened.map((loop) => loop.close()));
});

/** The pipeline that ships, on processes, without a GPU; its first worker dies, the second sees it through. */
async function runOver(death: Death): Promise<Run> {
  const loop = await openTestLoop();
  opened.push(loop);
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-kills-'));
  const ledger = join(folder, 'calls.txt');
  // `sh` writes down what it was told before it becomes what it is for.
  const settings = processes(['sh', '-c', `echo "$3" >> ${ledger}; exec "$@"`, 'sh']);
  const pipelines = { ...settings, folder };
  const spec = parse(RECOMMENDATION) as { spec: { stages: { resources?: object; deployment?: object }[] } };
  for (const stage of spec.spec.stages) delete stage.resources;
  spec.spec.stages[4]!.deployment = { strategy: 'direct', environment: 'production', model: loop.model };
  const mortal = await startMortalWorker(loop, death, pipelines);
  const handle = await loop.temporal.workflow.start('loopwright.runPipeline', {
    workflowId: workflowIds.pipeline(`recommendation-${loop.model}`, 'r1'),
    taskQueue: loop.taskQueue,
    args: [{ spec }],
  });
  const killed = await mortal.death;
  const stop = await workOn(loop, { pipelines });
  const result = (await handle.result()) as PipelineResult;
  const calls = (await readFile(ledger, 'utf8')).trim().split('\n');
  const serving = await loop.client.deployments.current({ model: loop.model });
  const versions = (await loop.client.models.list(loop.model)).length;
  await stop();
  const left = (await readdir(folder)).filter((name) => name !== 'calls.txt');
  await rm(folder, { recursive: true });
  return { result, calls, versions, serving: serving?.champion ?? null, killed, left };
}

test.each(deaths)('a worker killed over $activity $visit, $moment: the same end, each stage once', async (death) => {
  const { result, calls, versions, serving, killed, left } = await runs.get(death)!;
  expect(killed).toBe('SIGKILL');
  expect(result).toMatchObject({ decision: 'succeeded', reasons: [], stages: { succeeded: 5, failed: 0, skipped: 0 } });
  expect(calls).toEqual(STAGES);
  expect([versions, serving]).toEqual([1, 1]);
  expect(left).toEqual([]);
});
