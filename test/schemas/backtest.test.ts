import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backtestPolicySchema, backtestSpec, parseWith, SchemaError } from '../../src/schemas';
import { EXPERIMENT, MONITOR_PART, policy, policyInput } from '../support/backtest';

const DATA = join(__dirname, '../../data');
const check = (value: unknown) => parseWith(backtestPolicySchema, value, 'file.json');

test('the policies that ship are policies', () => {
  const files = readdirSync(DATA).filter((file) => file.endsWith('.policy.json'));
  expect(files).toHaveLength(3);
  for (const file of files) {
    const value = JSON.parse(readFileSync(join(DATA, file), 'utf8')) as unknown;
    expect(check(value).truth).toHaveLength(3);
  }
});

test('a policy is a spec of the monitor, on the data clock, with drift against the training rows', () => {
  const spec = backtestSpec(policy({ gate: EXPERIMENT }));
  expect(spec).toMatchObject({
    model: 'policy',
    clock: 'data',
    metric: 'accuracy',
    baselineDrop: 0.05,
    reference: { from: '2011-05-02T00:00:00.000Z', to: '2011-08-01T00:00:00.000Z' },
    retrain: { lookback: '63d', holdout: '14d', cooldown: '7d', approval: false },
    experiment: { duration: '56d', salt: 'ab1', earlyStop: false },
  });
});

test('a reference that is named stands; without training rows it is the baseline', () => {
  const monitor = { ...MONITOR_PART, reference: 'training' };
  expect(backtestSpec(policy({ monitor })).reference).toBe('training');
  expect(backtestSpec(policy({ train: undefined })).reference).toEqual(policy().baseline);
});

test.each([
  [{ gate: undefined }, 'gate is missing: expected { "kind": "validation" }'],
  [{ gate: { kind: 'coin' } }, 'gate.kind is "coin": expected the kind validation, shadow or experiment'],
  [{ gate: { kind: 'shadow' } }, 'gate.duration is missing'],
  [{ gate: { kind: 'shadow', duration: '2 weeks' } }, 'gate.duration is "2 weeks": expected a duration'],
  [{ gate: { kind: 'validation', alpha: 0.1 } }, 'gate.alpha is not a known field'],
  [{ gate: { ...EXPERIMENT, allocation: 2 } }, 'gate.allocation is 2'],
  [{ monitor: { ...MONITOR_PART, foo: 1 } }, 'monitor.foo is not a known field'],
  [{ monitor: { ...MONITOR_PART, clock: 'wall' } }, 'monitor.clock is not a known field'],
  [{ monitor: { ...MONITOR_PART, baselineDrop: undefined } }, 'monitor.baselineDrop is missing: expected exactly one of'],
  [{ monitor: { ...MONITOR_PART, metric: 'rmse' } }, 'monitor.metric is "rmse": expected a metric of the task binary'],
  [{ retrain: { lookback: '63d', approval: true } }, 'retrain.approval is not a known field'],
  [{ retrain: { lookback: '63d', pipeline: { name: 'p' } } }, 'retrain.pipeline is not a known field'],
  [{ truth: [{ from: '2012-02-01', to: '2012-01-01', what: 'x' }] }, 'truth.0.to is "2012-01-01": expected from before to'],
  [{ truth: [{ from: '2012-02-01', to: '2012-03-01' }] }, 'truth.0.what is missing'],
  [{ name: 'a b' }, 'name is "a b": expected letters'],
  [{ extra: 1 }, 'extra is not a known field'],
])('%j is refused: %s', (change, words) => {
  const failed = (): unknown => check(policyInput(change));
  expect(failed).toThrow(SchemaError);
  expect(failed).toThrow(`file.json: ${words}`);
});
