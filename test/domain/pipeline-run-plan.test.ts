import { askedOf, deployedModel, runStagesOf, sourcesOf, unitsOf } from '../../src/domain/pipeline-run-plan';
import { compiledOf, stageInput } from '../support/pipelines';

const outputs = [{ name: 'o', path: 'o' }];

test('a workflow is told names and numbers', () => {
  const pipeline = compiledOf([
    stageInput('a', { forEach: { items: [1, 2, 3] }, resources: { gpu: 1 }, timeout: '5m', retry: { attempts: 2 } }),
    stageInput('b', { dependsOn: ['a'], allowFailure: true, approval: { message: 'ok?', timeout: '2h' } }),
    stageInput('c', { compensate: { image: 'undo:v1', timeout: '3s' }, approval: { message: 'sure?' } }),
  ]);
  const retry = { attempts: 3, intervalMs: 10_000, backoff: 2 };
  const plain = { needs: [], condition: null, units: 1, gpu: false, timeoutMs: 3_600_000, retry };
  expect(runStagesOf(pipeline)).toEqual([
    { ...plain, name: 'a', units: 3, gpu: true, timeoutMs: 300_000, retry: { ...retry, attempts: 2 } },
    { ...plain, name: 'b', needs: ['a'], allowFailure: true, approval: { message: 'ok?', timeoutMs: 7_200_000 } },
    { ...plain, name: 'c', compensateMs: 3_000, approval: { message: 'sure?' } },
  ]);
  expect(unitsOf(pipeline.stages[0]!)).toBe(3);
});

test('a deployment registers the model that it names, else one that is called like the pipeline', () => {
  const deploying = (deployment: object) => [
    stageInput('a', { outputs }),
    stageInput('b', {
      inputs: [{ name: 'model', from: 'a.o' }],
      deployment: { strategy: 'direct', environment: 'e', ...deployment },
    }),
  ];
  const [, unnamed] = runStagesOf(compiledOf(deploying({})));
  expect(unnamed!.deployment).toEqual({ model: 'p', environment: 'e', strategy: { kind: 'direct' } });
  const named = compiledOf(deploying({ model: 'bike' }));
  expect(deployedModel('p', named.stages[1]!)).toBe('bike');
});

test('what conditions ask of stages, wherever it stands in them', () => {
  const asked = askedOf(
    compiledOf([
      stageInput('a', { outputs }),
      stageInput('b', {
        dependsOn: ['a'],
        hyperparameters: { x: '{{ .Stages.a.Metrics.unasked }}' },
        condition: '{{ not (.Stages.a.Metrics.m > 1 and .Stages.a.Outputs.o != "") or .Stages.a.Success }}',
      }),
    ]),
  );
  expect(Object.fromEntries(asked)).toEqual({ a: { metrics: new Set(['m']), outputs: new Set(['o']) } });
});

test('the stages that a stage takes something of', () => {
  const { stages } = compiledOf([
    ...['a', 'b', 'c', 'd'].map((name) => stageInput(name, { outputs })),
    stageInput('e', {
      dependsOn: ['b', 'c', 'd'],
      inputs: [
        { name: 'i', from: 'a.o' },
        { name: 'v', value: 'is {{ .Stages.b.Success }}' },
      ],
      hyperparameters: { list: [1, '{{ .Stages.c.Metrics.m }}'] },
      condition: '{{ .Stages.d.Success }}',
    }),
  ]);
  expect([...sourcesOf(stages[4]!)].sort()).toEqual(['a', 'b', 'c']);
});
