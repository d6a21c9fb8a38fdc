import { pipelineSchema, parseWith } from '../../src/schemas';
import type { PipelineSpecInput } from '../../src/schemas';
import { compileText } from '../../src/cli/pipelines-file';
import { pipelineOf, SAMPLE_PIPELINE, stageInput, yamlOf } from '../support/pipelines';

const refused = (stage: object, spec: object = {}): string => {
  const given = { apiVersion: 'ml/v1', kind: 'MLPipeline', metadata: { name: 'p' }, spec: { ...spec, stages: [stage] } };
  try {
    parseWith(pipelineSchema, given as PipelineSpecInput, 'p');
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};
const a = (rest: object) => ({ name: 'a', image: 'a:v1', ...rest });

test('what may be left out has its default', () => {
  const { spec } = pipelineOf([stageInput('a')]);
  expect(spec).toMatchObject({ timezone: 'UTC', parameters: {}, parallelism: 50 });
  expect(spec.stages[0]).toEqual({
    name: 'a',
    image: 'worker:v1',
    command: [],
    args: [],
    resources: { cpu: 1_000, memory: 2 ** 30, gpu: 0 },
    inputs: [],
    outputs: [],
    dependsOn: [],
    hyperparameters: {},
    validationRules: [],
    retry: { attempts: 3, interval: '10s', backoff: 2 },
    timeout: '1h',
    allowFailure: false,
    secrets: [],
  });
});

test.each([
  [{ cpu: '2' }, { cpu: 2_000 }],
  [{ cpu: 0.5 }, { cpu: 500 }],
  [{ cpu: '500m' }, { cpu: 500 }],
  [{ cpu: '1.25' }, { cpu: 1_250 }],
  [{ memory: '4Gi' }, { memory: 4 * 2 ** 30 }],
  [{ memory: '1.5Gi' }, { memory: 1.5 * 2 ** 30 }],
  [{ memory: '512M' }, { memory: 512e6 }],
  [{ memory: 1_000 }, { memory: 1_000 }],
  [{ gpu: '1' }, { gpu: 1 }],
  [{ gpu: 0 }, { gpu: 0 }],
])('resources %j are %j', (resources, expected) => {
  expect(pipelineOf([stageInput('a', { resources })]).spec.stages[0]!.resources).toMatchObject(expected);
});

test.each([
  [{ cpu: '0' }, 'expected cores'],
  [{ cpu: '-1' }, 'expected cores'],
  [{ cpu: '1.5m' }, 'expected cores'],
  [{ cpu: '1.2.3' }, 'expected cores'],
  [{ cpu: 'two' }, 'expected cores'],
  [{ cpu: '1Gi' }, 'expected cores'],
  [{ memory: '4GiB' }, 'expected bytes'],
  [{ memory: '999999999Ti' }, 'expected bytes'],
  [{ memory: '0' }, 'expected bytes'],
  [{ gpu: '0.5' }, 'expected whole devices'],
  [{ gpu: '1m' }, 'expected whole devices'],
  [{ disk: '1Gi' }, 'not a known field'],
])('resources %j are refused', (resources, words) => expect(refused(a({ resources }))).toContain(words));

test.each([
  ['trainer'],
  ['trainer:v1.5.0'],
  ['team/trainer'],
  ['registry.example.com/team/trainer:latest'],
  ['registry.example.com:5000/trainer'],
  ['localhost:5000/a/b/c:1'],
  [`trainer@sha256:${'0'.repeat(64)}`],
  [`ghcr.io/x/y_z--w:v1@sha256:${'a'.repeat(64)}`],
])('the image %s is one', (image) => expect(refused(a({ image }))).toBe('accepted'));

test.each([
  ['Trainer'], [''], ['a b'], ['a:'], ['a::b'], ['/a'], ['a/'], ['../a'], ['a/../b'], ['http://a/b'], ['a@sha256:12'],
  ['a:v1\n'], ['a;b'], ['-a'], ['{{ .Date }}'], [`a${'b'.repeat(300)}`],
])('the image %j is none', (image) => expect(refused(a({ image }))).toContain('image'));

test.each<[object, string]>([
  [{ name: 'a.b' }, 'name is "a.b": expected letters, digits, underscore and hyphen'],
  [{ name: '' }, 'name'],
  [{ command: ['x', '{{ .Date }}'] }, 'command.1 is "{{ .Date }}": expected no template: values reach a stage by its inputs'],
  [{ args: ['a\0'] }, 'without NUL'],
  [{ inputs: [{ name: 'i' }] }, 'inputs.0 is {"name":"i"}: expected one of value, from and path'],
  [{ inputs: [{ name: 'i', value: 1, from: 'a.o' }] }, 'expected one of value, from and path'],
  [{ inputs: [{ name: 'i', value: 2 ** 53 }] }, 'at most 2^53 - 1, which is kept exactly'],
  [{ inputs: [{ name: 'i', value: 'x'.repeat(2_001) }] }, '<=2000 characters'],
  [{ inputs: [{ name: 'i', path: '/a/../b' }] }, 'without .., backslashes'],
  [{ outputs: [{ name: 'o', path: '/{{ .Date }}' }] }, 'no template in a path'],
  [{ outputs: [{ name: 'o', path: 'a\u2028b' }] }, 'control characters'],
  [{ hyperparameters: { 'a.b': 1 } }, 'hyperparameters.a.b'],
  [{ hyperparameters: JSON.parse('{"__proto__": 1}') as object }, 'hyperparameters.__proto__ is 1'],
  [{ hyperparameters: { a: {} } }, 'expected a text, a number that is kept exactly, true, false or a list'],
  [{ hyperparameters: Object.fromEntries(Array.from({ length: 101 }, (_, k) => [`h${k}`, k])) }, 'expected at most 100'],
  [{ validationRules: [{ metric: 'm', threshold: NaN }] }, 'threshold'],
  [{ validationRules: [{ metric: 'm', threshold: 1, direction: 'up' }] }, 'direction'],
  [{ deployment: { strategy: 'canary', environment: 'e' } }, 'expected direct, blue-green or a whole strategy'],
  [{ retry: { attempts: 0 } }, 'retry.attempts'],
  [{ retry: { attempts: 21 } }, 'retry.attempts'],
  [{ timeout: '0s' }, 'greater than zero'],
  [{ cache: {} }, 'cache.maxAge is missing'],
  [{ forEach: { items: [] } }, 'forEach.items'],
  [{ forEach: { items: Array.from({ length: 201 }, (_, k) => k) } }, 'forEach.items'],
  [{ secrets: [{ name: 'LOOPWRIGHT_X', ref: 'x' }] }, 'expected capitals'],
  [{ secrets: [{ name: 'K', ref: 'x', value: 'plain' }] }, 'secrets.0.value is not a known field'],
  [{ approval: {} }, 'approval.message is missing'],
  [{ compensate: { command: ['x'] } }, 'compensate.image is missing'],
  [{ privileged: true }, 'privileged is not a known field'],
])('%j is refused', (rest, words) => expect(refused(a(rest))).toContain(words));

test.each<[object, string]>([
  [{ timezone: 'Europe/Berln' }, 'expected a zone such as UTC or Europe/Berlin'],
  [{ timezone: 'europe/berlin' }, 'did you mean "Europe/Berlin"?'],
  [{ timezone: '+02:00' }, 'expected a zone'],
  [{ timezone: '../UTC' }, 'expected a zone'],
  [{ parallelism: 201 }, 'parallelism'],
  [{ parallelism: 0 }, 'parallelism'],
  [{ parameters: { p: null } }, 'spec.parameters.p is null'],
  [{ onFailure: { image: 'X' } }, 'spec.onFailure.image is "X"'],
])('a pipeline with %j is refused', (spec, words) => expect(refused(a({}), spec)).toContain(words));

test.each([['UTC'], ['Europe/Berlin'], ['Asia/Kolkata'], ['America/Argentina/Buenos_Aires'], ['Etc/GMT+5']])('%s is a zone', (timezone) =>
  expect(refused(a({}), { timezone })).toBe('accepted'),
);

test('a strategy in a word has its defaults, a whole one is as it is', () => {
  const strategy = (given: unknown) => {
    const deployment = { strategy: given, environment: 'production' } as never;
    return pipelineOf([stageInput('a', { deployment })]).spec.stages[0]!.deployment!.strategy;
  };
  expect(strategy('direct')).toEqual({ kind: 'direct' });
  expect(strategy('blue-green')).toEqual({ kind: 'blue-green', probes: 100, drain: '1h' });
  expect(strategy({ kind: 'canary', steps: [{ allocation: 0.1, hold: '1h' }] })).toMatchObject({ kind: 'canary', minimumRows: 100 });
});

test('errors of the schema and of the compiler have file, line, column, path, value and what was meant', () => {
  const at = (text: string) => {
    try {
      compileText(text, 'p.yaml');
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(at(SAMPLE_PIPELINE)).toBe('accepted');
  expect(at(SAMPLE_PIPELINE.replace('dependsOn: [feature-engineering]', 'dependsOn: [feature-enginering]'))).toBe(
    'p.yaml:31:19 spec.stages.2.dependsOn.0 is "feature-enginering": unknown stage "feature-enginering", did you mean "feature-engineering"?',
  );
  expect(at(SAMPLE_PIPELINE.replace('.Success', '.Sucess'))).toBe(
    'p.yaml:61:18 spec.stages.4.condition is "{{ .Stages.model-validation.Sucess }}": at character 29: "Sucess" stands there: did you mean "Success"?',
  );
  expect(at(SAMPLE_PIPELINE.replace('v1.5.0', 'v1.5.0\n      timout: 5'))).toBe(
    'p.yaml:31:7 spec.stages.2.timout is not a known field: remove it or correct its name',
  );
  expect(at(yamlOf('hyperparameters: { __proto__: 1 }'))).toContain('p.yaml:9:37 spec.stages.0.hyperparameters.__proto__ is 1');
});

test('the digest is that of what is meant, not of how it is written', () => {
  const digest = (text: string) => compileText(text, 'f').digest;
  const json = JSON.stringify({
    spec: { stages: [{ image: 'a:v1', name: 'a', timeout: '1h' }], parameters: { n: 1, p: 'x' }, timezone: 'UTC' },
    ...{ kind: 'MLPipeline', apiVersion: 'ml/v1', metadata: { name: 'p' } },
  });
  expect(digest(yamlOf())).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(json)).toBe(digest(yamlOf()));
  expect(digest(yamlOf('timeout: 2h'))).not.toBe(digest(yamlOf()));
});
