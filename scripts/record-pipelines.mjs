// What record-histories.mjs records of pipelines.
import { writeFile } from 'node:fs/promises';
import { encodeModel, trainLogisticRegression } from '../lib/src/models/index.js';

const STAGE = 'record/stage:v1';
const handler = { image: STAGE };

/** A stage as its first argument says: `fail`, `hold` until it is told to stop, else a line in each output. */
export const executors = {
  'record/*': {
    kind: 'function',
    version: '1',
    run: async ({ args, outputs, handles }, { signal }) => {
      if (handles === undefined && args[0] === 'hold')
        await new Promise((_, stop) => signal.addEventListener('abort', () => stop(new Error('told to stop'))));
      if (handles === undefined && args[0] === 'fail') throw new Error('it cannot');
      for (const path of Object.values(outputs)) await writeFile(path, args[1] ?? 'left');
      return { metrics: { auc: 0.9 } };
    },
  },
};

const stage = (name, rest = {}) => ({ name, image: STAGE, retry: { attempts: 1 }, ...rest });
const declared = (name, stages, rest = {}) => ({
  apiVersion: 'ml/v1',
  kind: 'MLPipeline',
  metadata: { name },
  spec: { ...rest, stages },
});

/** Runs that succeed, wait for a person, fail and are undone, are cancelled, are tried again, deploy a model. */
export async function recordPipelines(client, untilDone) {
  const model = aModel();
  const who = { who: 'ann', reason: 'a recording' };
  const end = ({ workflowId }) => client.pipelines.result(workflowId).catch((error) => ({ decision: error.message }));
  const run = async (spec) => {
    let started;
    await untilDone(async () => (started = await client.pipelines.run(spec)));
    return started;
  };
  const [a, b] = [stage('a', { outputs: [{ name: 'out', path: 'out' }] }), { name: 'in', from: 'a.out' }];

  const waits = await run(
    declared('waits', [
      a,
      stage('each', { inputs: [b], forEach: { items: [1, 2, 3] }, cache: { maxAge: '1d' } }),
      stage('skipped', { dependsOn: ['a'], condition: '{{ .Stages.a.Metrics.auc < 0.5 }}' }),
      stage('asked', { dependsOn: ['each'], approval: { message: 'fine?', timeout: '1d' } }),
    ]),
  );
  await untilDone(() => client.pipelines.approve(waits.workflowId, { ...who, stage: 'asked' }));
  console.log('waits', (await end(waits)).decision);

  const fails = await run(
    declared(
      'fails',
      [
        { ...a, compensate: handler },
        stage('b', { dependsOn: ['a'], args: ['fail'], compensate: handler }),
        stage('c', { dependsOn: ['b'] }),
        stage('told', { dependsOn: ['b'], condition: '{{ .Stages.b.Failed }}' }),
        stage('may', { args: ['fail'], allowFailure: true }),
      ],
      { onFailure: handler },
    ),
  );
  console.log('fails', (await end(fails)).decision);
  console.log('again', (await end(await client.pipelines.retry(fails.workflowId))).decision);

  const held = await run(
    declared('held', [
      { ...a, compensate: handler },
      stage('late', { approval: { message: 'fine?', timeout: '1s' }, allowFailure: true }),
      stage('hold', { dependsOn: ['a', 'late'], args: ['hold'] }),
    ]),
  );
  await untilDone(async () => {
    const { stages } = await client.pipelines.status(held.workflowId);
    if (stages.find(({ name }) => name === 'hold').standing !== 'running') throw new Error('not yet');
  });
  await client.pipelines.cancel(held.workflowId, who);
  console.log('held', (await end(held)).decision);

  const trained = stage('train', { args: ['', model], outputs: [{ name: 'model', path: 'model.json' }] });
  const serve = (strategy) =>
    stage('serve', {
      inputs: [{ name: 'model', from: 'train.model' }],
      deployment: { strategy, environment: 'production', model: 'piped' },
    });
  console.log('direct', (await end(await run(declared('direct', [trained, serve('direct')])))).decision);
  console.log('switched', (await end(await run(declared('switched', [trained, serve('blue-green')])))).decision);
  const undone = declared('undone', [trained, serve('direct'), stage('bad', { dependsOn: ['serve'], args: ['fail'] })]);
  console.log('undone', (await end(await run(undone))).decision);
}

/** A model as text. */
export function aModel() {
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9]);
  const trained = trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] });
  return new TextDecoder().decode(encodeModel(trained));
}
