import type { GatePolicy, GateResult, PairedTest } from '../../src/contracts';
import {
  approvalPolicyOf,
  brokenRules,
  isClean,
  judgeBake,
  judgeGate,
  outcomeOfRollout,
} from '../../src/domain/retraining';
import { closeSagaAlert, compensationSummary, openSagaAlert } from '../../src/domain/saga-alert';
import { retrainSpecSchema } from '../../src/schemas';

const side = (accuracy: number | null, n = 200) => ({ n, correct: 1, accuracy, logLoss: 0.5, auroc: null });
const policy = (change: Partial<GatePolicy> = {}): GatePolicy => ({
  test: 'point-estimate',
  alpha: 0.05,
  rules: [],
  ...change,
});
const gate = (paired?: PairedTest): GateResult => ({
  metric: 'accuracy',
  championVersion: 1,
  champion: side(0.8),
  challenger: side(0.82),
  ...(paired === undefined ? {} : { paired }),
});

describe('a paired gate', () => {
  test.each([
    [{ gain: 12, pValue: 0.01 }, true],
    [{ gain: 12, pValue: 0.05 }, true],
    [{ gain: 12, pValue: 0.051 }, false],
    [{ gain: -12, pValue: 0.01 }, false],
    [{ gain: 0, pValue: null }, false],
  ])('%j passes: %p', (found, pass) => {
    const verdict = judgeGate(gate({ test: 'mcnemar', n: 200, ...found }), policy({ test: 'mcnemar' }));
    expect(verdict.pass).toBe(pass);
    expect(verdict.reason).toContain('200 rows');
  });

  test('a better point estimate alone does not pass it', () => {
    expect(judgeGate(gate()).pass).toBe(true);
    expect(judgeGate(gate(), policy({ test: 'paired-loss' }))).toMatchObject({ pass: false });
  });
});

describe('absolute rules', () => {
  test('a challenger that beats the champion must still be good enough', () => {
    const verdict = judgeGate(gate(), policy({ rules: [{ metric: 'accuracy', atLeast: 0.9 }] }));
    expect(verdict).toEqual({ pass: false, reason: 'the challenger breaks a rule: accuracy 0.82 < 0.9 on 200 rows' });
    expect(judgeGate(gate(), policy({ rules: [{ metric: 'accuracy', atLeast: 0.82 }] })).pass).toBe(true);
  });

  test('every broken rule is named; a metric that cannot be computed breaks its rule', () => {
    const rules = [
      { metric: 'accuracy' as const, atMost: 0.5 },
      { metric: 'logLoss' as const, atMost: 0.5 },
      { metric: 'auroc' as const, atLeast: 0.5 },
    ];
    expect(brokenRules(side(0.8), rules)).toEqual([
      'accuracy 0.8 > 0.5 on 200 rows',
      'auroc cannot be computed on 200 rows',
    ]);
  });
});

test.each([
  [side(0.6), false, 'accuracy 0.6 < 0.7'],
  [side(0.7), true, 'kept its rules'],
  [side(0.1, 99), true, 'not judged while it baked: 99 labelled rows of 100'],
])('a bake of %j passes: %p', (performance, pass, reason) => {
  const bake = { duration: '1d', rules: [{ metric: 'accuracy' as const, atLeast: 0.7 }], minimumRows: 100 };
  const verdict = judgeBake(bake, performance);
  expect(verdict.pass).toBe(pass);
  expect(verdict.reason).toContain(reason);
});

test('approval may be waited for for ever, for a time, or not at all', () => {
  expect(approvalPolicyOf({ approval: false })).toBeNull();
  expect(approvalPolicyOf({ approval: true })).toEqual({});
  expect(approvalPolicyOf({ approval: { timeout: '1d', onTimeout: 'reject' } })).toMatchObject({ timeout: '1d' });
});

test('only an aborted rollout is a roll-back; another decision leaves it open who is better', () => {
  expect(outcomeOfRollout({ outcome: 'promoted' })).toBe('promoted');
  expect(outcomeOfRollout({ outcome: 'aborted' })).toBe('rolled-back');
  expect(outcomeOfRollout({ outcome: 'overridden' })).toBe('inconclusive');
  expect(['promoted', 'not-better', 'inconclusive', 'cancelled'].map((end) => isClean(end as never))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

const spec = retrainSpecSchema.parse({
  model: 'bike',
  key: 'bike/1',
  at: '2011-12-05',
  reasons: ['asked'],
  metric: 'accuracy',
  labelMaturity: '7d',
  policy: { lookback: '90d' },
  experiment: { duration: '8w', allocation: 0.5, salt: 's' },
});

describe('alerts of a retraining', () => {
  const at = '2011-12-05T00:00:00.000Z';
  const opened = openSagaAlert(spec, { kind: 'compensation', subject: 'register', summary: 'x', at });

  test('one problem of one retraining is one alert, closed by a person', () => {
    expect(opened).toMatchObject({
      event: 'opened',
      alert: { fingerprint: 'bike:production:compensation:register', severity: 'high', state: 'open' },
    });
    const closed = closeSagaAlert(opened, { who: 'ops', reason: 'deleted by hand' }, '2011-12-06T00:00:00.000Z');
    expect(closed).toMatchObject({
      event: 'resolved',
      alert: { id: opened.alert.id, state: 'resolved', resolution: { by: 'person', evidence: 'deleted by hand' } },
    });
  });

  test('it says what failed and what to send where', () => {
    const summary = compensationSummary(spec, 'register', 'disk full');
    expect(summary).toMatch(/COMPENSATION_FAILED.*register.*disk full.*resolveCompensation.*retrain:bike:production/);
  });
});

describe('the policy’s schema', () => {
  const parse = (change: object) => retrainSpecSchema.safeParse({ ...spec, policy: { ...spec.policy, ...change } });

  test.each([
    [{ strategy: { kind: 'canary', steps: [{ allocation: 0.1, hold: '1h' }] } }],
    [{ gate: { test: 'mcnemar', rules: [{ metric: 'auroc', atLeast: 0.7 }] } }],
    [{ approval: { timeout: '3d', reminder: '1d', onTimeout: 'reject' } }],
    [{ bake: { duration: '1d', rules: [{ metric: 'accuracy', atLeast: 0.7 }] }, stepTimeout: '2h' }],
  ])('takes %j', (change) => {
    expect(parse(change).error).toBeUndefined();
  });

  test.each([
    [{ gate: { test: 'guess' } }, 'policy.gate.test'],
    [{ gate: { rules: [{ metric: 'accuracy' }] } }, 'policy.gate.rules.0'],
    [{ bake: { duration: '1d', rules: [] } }, 'policy.bake.rules'],
    [{ strategy: { kind: 'yolo' } }, 'policy.strategy'],
    [{ stepTimeout: 'soon' }, 'policy.stepTimeout'],
    [{ approval: { timeout: '3d', onTimeout: 'maybe' } }, 'policy.approval'],
  ])('refuses %j at %s', (change, path) => {
    expect(
      parse(change)
        .error?.issues.map((issue) => issue.path.join('.'))
        .join(),
    ).toContain(path);
  });
});
