import type { PipelineSpec } from '../../src/contracts';
import { diffPipelines } from '../../src/domain/pipeline-diff';
import { pipelineOf, stageInput } from '../support/pipelines';

const rows = { name: 'rows', path: 'rows' };
const train = stageInput('train', {
  inputs: [
    { name: 'rows', from: 'extract.rows' },
    { name: 'seed', value: 1 },
  ],
  command: ['python3', 'train.py'],
  hyperparameters: { depth: 3, rates: [0.1, 0.2] },
  validationRules: [{ metric: 'auc', threshold: 0.8 }],
});
const extract = stageInput('extract', { outputs: [rows] });
const before = pipelineOf([extract, train], { schedule: '0 2 * * *', parameters: { days: 28 } });

/** Path, before and after of every field that differs. */
function told(after: PipelineSpec, from = before): (readonly [string, unknown, unknown])[] {
  return diffPipelines(from, after).fields.map((change) => [change.path, change.before, change.after] as const);
}

test('the same differs in nothing, whatever the order of its fields', () => {
  const { metadata, ...others } = before;
  const turned = { ...others, metadata, spec: Object.fromEntries(Object.entries(before.spec).reverse()) };
  const same = { stages: { added: [], removed: [], changed: [] }, fields: [] };
  expect(diffPipelines(before, before)).toEqual(same);
  expect(diffPipelines(before, turned as unknown as PipelineSpec)).toEqual(same);
  // A field without a value is a field that is not there.
  const blank = { ...before, metadata: { ...metadata, description: undefined } };
  expect(diffPipelines(before, blank)).toEqual(same);
});

test('fields are told by their paths, old and new', () => {
  const after = pipelineOf([extract, train], { timezone: 'Europe/Berlin', parameters: { days: 14, deploy: true } });
  expect(told(after)).toEqual([
    ['spec.parameters.days', 28, 14],
    ['spec.parameters.deploy', null, true],
    ['spec.schedule', '0 2 * * *', null],
    ['spec.timezone', 'UTC', 'Europe/Berlin'],
  ]);
  expect(diffPipelines(before, after).stages.changed).toEqual([]);
});

test('parts of a stage are told by name, words of a command as a whole', () => {
  const inputs = [
    { name: 'rows', from: 'extract.rows' },
    { name: 'seed', value: 2 },
    { name: 'more', path: '/data' },
  ];
  const changed = stageInput('train', {
    ...{ inputs, command: ['python3', 'fit.py'], cache: { maxAge: '1d' }, resources: { gpu: 1 } },
    hyperparameters: { depth: 3, rates: [0.1] },
    validationRules: [{ metric: 'auc', threshold: 0.9 }],
  });
  const after = pipelineOf([extract, changed], { schedule: '0 2 * * *', parameters: { days: 28 } });
  expect(told(after)).toEqual([
    ['spec.stages.train.cache', null, { maxAge: '1d' }],
    ['spec.stages.train.command', ['python3', 'train.py'], ['python3', 'fit.py']],
    ['spec.stages.train.hyperparameters.rates', [0.1, 0.2], [0.1]],
    ['spec.stages.train.inputs.more', null, { name: 'more', path: '/data' }],
    ['spec.stages.train.inputs.seed.value', 1, 2],
    ['spec.stages.train.resources.gpu', 0, 1],
    ['spec.stages.train.validationRules.auc.threshold', 0.8, 0.9],
  ]);
  expect(diffPipelines(before, after).stages).toEqual({ added: [], removed: [], changed: ['train'] });
});

test('a stage that came, went or was put elsewhere', () => {
  const ship = stageInput('ship');
  const same = { schedule: '0 2 * * *', parameters: { days: 28 } };
  const came = pipelineOf([extract, ship, train], same);
  expect(diffPipelines(before, came)).toEqual({
    stages: { added: ['ship'], removed: [], changed: [] },
    fields: [],
  });
  expect(diffPipelines(came, before).stages.removed).toEqual(['ship']);
  expect(told(pipelineOf([train, extract], same))).toEqual([
    ['spec.stages', ['extract', 'train'], ['train', 'extract']],
  ]);
});

test('two rules for one metric are compared as a whole, and so is a list in another order', () => {
  const rule = (threshold: number) => ({ metric: 'auc', threshold });
  const of = (...validationRules: ReturnType<typeof rule>[]) => pipelineOf([stageInput('a', { validationRules })]);
  const path = 'spec.stages.a.validationRules';
  expect(told(of(rule(0.7), rule(0.9)), of(rule(0.7), rule(0.8)))).toMatchObject([
    [path, { length: 2 }, { length: 2 }],
  ]);
  const outputs = [rows, { name: 'logs', path: 'logs' }];
  const [one, other] = [outputs, [...outputs].reverse()].map((list) =>
    pipelineOf([stageInput('a', { outputs: list })]),
  );
  expect(told(other!, one)).toEqual([['spec.stages.a.outputs', ['rows', 'logs'], ['logs', 'rows']]]);
});
