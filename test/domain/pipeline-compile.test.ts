import { PIPELINE_LIMITS } from '../../src/contracts';
import { compileText } from '../../src/cli/pipelines-file';
import { compilePipeline } from '../../src/domain/pipeline-compile';
import { compiledOf, issuesOf, pipelineOf, SAMPLE_PIPELINE, stageInput } from '../support/pipelines';

const a = (rest: object = {}) => stageInput('a', { outputs: [{ name: 'o', path: '/o' }], ...rest });
const b = (rest: object = {}) => stageInput('b', { dependsOn: ['a'], ...rest });

test('the pipeline that ships is compiled, byte for byte', () => {
  const { pipeline } = compileText(SAMPLE_PIPELINE, 'f');
  expect(pipeline).toMatchObject({ name: 'recommendation-pipeline', schedule: '0 2 * * *', timezone: 'UTC' });
  expect(pipeline.stages.map(({ name, level }) => `${name} ${level}`)).toEqual([
    'data-extraction 0',
    'feature-engineering 1',
    'model-training 2',
    'model-validation 3',
    'model-deployment 4',
  ]);
  const [extraction, , training, validation, deployment] = pipeline.stages;
  expect(extraction!.resources).toEqual({ cpu: 2_000, memory: 4 * 2 ** 30, gpu: 0 });
  expect(training!.resources).toEqual({ cpu: 1_000, memory: 8 * 2 ** 30, gpu: 1 });
  expect(training!.hyperparameters).toEqual({
    learning_rate: { value: 0.001 },
    batch_size: { value: 256 },
    epochs: { value: 100 },
  });
  expect(validation!.validationRules.map(({ direction }) => direction)).toEqual([
    'higher-is-better',
    'higher-is-better',
  ]);
  expect(validation!.inputs[1]).toEqual({ name: 'validation_data', kind: 'path', path: '/data/validation/' });
  expect(deployment!.condition).toEqual({ kind: 'state', stage: 'model-validation', state: 'Success' });
  expect(deployment!.deployment).toMatchObject({ strategy: { kind: 'blue-green' }, environment: 'production' });
  // The deployment takes the model of a stage that it does not name in dependsOn.
  expect(deployment!.needs).toEqual(['model-training', 'model-validation']);
  expect(pipeline.edges).toContainEqual({ from: 'model-training', to: 'model-deployment', kind: 'implicit' });
  expect(pipeline.edges).toHaveLength(5);
  expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
});

test('values become trees only where there is a template', () => {
  const { stages } = compiledOf(
    [
      a({
        inputs: [
          { name: 'plain', value: 'x' },
          { name: 'n', value: 2 },
          { name: 'day', value: '{{ .Date }}' },
        ],
        hyperparameters: { layers: [64, '{{ .Params.p }}'], on: true },
      }),
    ],
    { parameters: { p: 1 } },
  );
  expect(stages[0]!.inputs).toEqual([
    { name: 'plain', kind: 'value', value: { value: 'x' } },
    { name: 'n', kind: 'value', value: { value: 2 } },
    { name: 'day', kind: 'value', value: { template: { parts: [{ kind: 'date', days: 0, layout: null }] } } },
  ]);
  expect(stages[0]!.hyperparameters).toEqual({
    layers: [{ value: 64 }, { template: { parts: [{ kind: 'param', name: 'p' }] } }],
    on: { value: true },
  });
});

test('what is right in the same places is accepted', () => {
  const c = stageInput('c', {
    dependsOn: ['b'],
    // An ancestor, though not a direct need.
    condition: ' {{ .Stages.a.Success and not .Stages.b.Failed or .Params.p == "y" }}\n',
    forEach: { items: ['x', 'y'] },
    inputs: [{ name: 'i', value: '{{ .Item }} of {{ .Stages.a.Outputs.o }}' }],
    validationRules: [
      { metric: 'logLoss', threshold: 0.5, direction: 'lower-is-better' },
      { metric: 'rate', threshold: 0.1 },
      { metric: 'rate', threshold: 0.9, direction: 'lower-is-better' },
    ],
  });
  expect(issuesOf([a(), b(), c], { parameters: { p: 'x' } })).toEqual([]);
});

test('a schedule that is none is told', () => {
  expect(issuesOf([a()], { schedule: '0 25 * * *' })).toEqual([expect.stringContaining('schedule: expected 0 to 23')]);
});

test('so many issues are told and no more, fast, however many there are', () => {
  const wrong = Array.from({ length: 100 }, (_, k) => `${'x'.repeat(40)}${k}`);
  const stages = Array.from({ length: 60 }, (_, k) => stageInput(`s${k}`, { dependsOn: wrong }));
  expect(compilePipeline(pipelineOf(stages)).issues).toHaveLength(PIPELINE_LIMITS.errors);
  const inputs = Array.from({ length: 50 }, (_, k) => ({ name: `i${k}`, value: `{{ .Params.${'x'.repeat(40)} }}` }));
  expect(issuesOf([a({ inputs }), b({ inputs })])).toHaveLength(PIPELINE_LIMITS.errors);
});
