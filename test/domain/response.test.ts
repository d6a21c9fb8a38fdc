import fc from 'fast-check';
import type { Alert, MonitorSpec, ResponseAction } from '../../src/contracts';
import { applyLook } from '../../src/domain/alerting';
import { actionsFor, automatedResponse, respond } from '../../src/domain/response';
import type { ResponseInput } from '../../src/domain/response';
import { iso, ms } from '../../src/domain/time';
import { alert as drift } from '../support/alerts';
import { finding } from '../support/looks';
import { monitorSpec } from '../support/specs';

const NOW = '2011-11-01T00:00:00.000Z';
const daysAgo = (days: number) => iso(ms(NOW) - days * 86_400_000);
const bare = (change: Partial<Alert>) => drift({ actions: [], ...change });
const about = (metric: 'accuracy' | 'logLoss', change: Partial<Alert> = {}) =>
  bare({ fingerprint: `m:production:performance:${metric}`, kind: 'performance', subject: metric, metric, ...change });
const base = monitorSpec({
  response: { medium: ['notify', 'retrain'], high: ['roll-back', 'retrain'] },
  budget: { perWeek: 2 },
});
const retrain = { ...base.retrain, cooldown: '3d' };
const spec: MonitorSpec = { ...base, retrain };
const answer = (change: Partial<ResponseInput>) =>
  respond({ spec, fired: [], alerts: change.fired ?? [], responses: [], busy: false, at: NOW, ...change });
const done = ({ actions }: ReturnType<typeof respond>) =>
  actions.map(({ action, alert }) => `${action} ${alert.subject}`);
const reasons = ({ alerts }: ReturnType<typeof respond>) =>
  alerts.flatMap(({ withheld }) => withheld.map(({ action, reason }) => `${action}: ${reason}`));

test('performance is answered by severity, every other kind by its name or its default', () => {
  const policy = { ...spec.response, segment: ['retrain'] } as const;
  expect(actionsFor(policy, 'performance', 'medium')).toEqual(['notify', 'retrain']);
  expect(actionsFor(policy, 'performance', 'high')).toEqual(['roll-back', 'retrain']);
  expect(actionsFor(policy, 'segment', 'high')).toEqual(['retrain']);
  expect(actionsFor(policy, 'drift', 'high')).toEqual(['notify', 'notify-data-engineers']);
  expect(actionsFor(policy, 'schema', 'medium')).toEqual(['notify', 'notify-data-engineers', 'open-quality-gate']);
  for (const kind of ['volume', 'silence', 'estimate', 'concept'] as const)
    expect(actionsFor(policy, kind, 'high')).toEqual(['notify']);
  expect(actionsFor({ ...policy, drift: [] }, 'drift', 'high')).toEqual([]);
});

test('what is done stands on the alert and is remembered; alerts that did not fire stay as they are', () => {
  const other = drift({ fingerprint: 'other' });
  const fired = about('accuracy', { severity: 'high' });
  const answered = answer({ fired: [fired], alerts: [other, fired] });
  expect(done(answered)).toEqual(['roll-back accuracy', 'retrain accuracy']);
  expect(answered.alerts).toEqual([other, { ...fired, actions: ['roll-back', 'retrain'] }]);
  expect(answered.actions[0]!.alert).toEqual(answered.alerts[1]);
  expect(answered.responses).toEqual([
    { action: 'retrain', at: NOW },
    { action: 'roll-back', at: NOW },
  ]);
});

test('one retraining and one roll-back a look, for the metric that a retraining answers to, in any order', () => {
  const fired = [
    about('logLoss', { severity: 'high' }),
    bare({ severity: 'high' }),
    about('accuracy', { severity: 'high' }),
  ];
  const answered = answer({ fired });
  expect(done(answered)).toEqual([
    'roll-back accuracy',
    'retrain accuracy',
    'notify temp',
    'notify-data-engineers temp',
  ]);
  expect(reasons(answered)).toEqual([
    'roll-back: one roll-back a look: it was asked for by m:production:performance:accuracy',
    'retrain: one retrain a look: it was asked for by m:production:performance:accuracy',
  ]);
  // The retraining is for the primary metric, though another is worse.
  const mixed = answer({ fired: [about('logLoss', { severity: 'high' }), about('accuracy')] });
  expect(done(mixed)).toEqual(['notify accuracy', 'retrain accuracy', 'roll-back logLoss']);
  const reversed = [...fired].reverse();
  expect(answer({ fired: reversed }).actions).toEqual(answered.actions);
});

test.each([
  ['busy', { busy: true }, 'a retraining or an experiment is open'],
  ['in cooldown', { responses: [{ action: 'retrain', at: daysAgo(2.9) }] }, `cooldown until ${daysAgo(-0.1)}`],
  [
    'over budget',
    { responses: [6.9, 4].map((days) => ({ action: 'retrain', at: daysAgo(days) })) },
    '2 of 2 in the last seven days are spent',
  ],
  [
    'behind a quality gate',
    { alerts: [drift({ fingerprint: 'gate', state: 'acknowledged', actions: ['open-quality-gate'] })] },
    'the quality gate of gate is open',
  ],
])('no retraining while %s, and the alert says why', (_, change, reason) => {
  const answered = answer({ fired: [about('accuracy')], ...change });
  expect(done(answered)).toEqual(['notify accuracy']);
  expect(answered.alerts.at(-1)).toMatchObject({ actions: ['notify'], withheld: [{ action: 'retrain', reason }] });
  expect(answered.responses.filter(({ at }) => at === NOW)).toEqual([]);
});

test.each([
  ['when the cooldown has just passed', { responses: [{ action: 'retrain', at: daysAgo(3) }] }],
  ['when a week has passed', { responses: [7, 7, 4].map((days) => ({ action: 'retrain', at: daysAgo(days) })) }],
  ['when only roll-backs were done', { responses: [1, 2].map((days) => ({ action: 'roll-back', at: daysAgo(days) })) }],
  ['when the gate is resolved', { alerts: [drift({ state: 'resolved', actions: ['open-quality-gate'] })] }],
])('a retraining %s', (_, change) => {
  expect(done(answer({ fired: [about('accuracy')], ...change }))).toEqual(['notify accuracy', 'retrain accuracy']);
});

test('a gate that opens in the same look holds at once', () => {
  const schema = bare({ fingerprint: 'm:production:schema:a', kind: 'schema', subject: 'a' });
  const answered = answer({ fired: [about('accuracy'), schema] });
  expect(done(answered)).not.toContain('retrain accuracy');
  expect(reasons(answered)).toEqual(['retrain: the quality gate of m:production:schema:a is open']);
});

test('a roll-back needs a version to go back to, and its own budget; neither gate nor cooldown hold it', () => {
  const fired = [about('accuracy', { severity: 'high' })];
  expect(reasons(answer({ fired, hasPrevious: false }))).toEqual(['roll-back: there is no previous version']);
  const responses = [1, 2].map((days) => ({ action: 'roll-back', at: daysAgo(days) }));
  expect(reasons(answer({ fired, responses }))).toEqual(['roll-back: 2 of 2 in the last seven days are spent']);
  expect(done(answer({ fired, busy: true }))).toEqual(['roll-back accuracy']);
});

test('an alert that fires again is retrained again, but neither told nor rolled back twice', () => {
  const once = answer({ fired: [about('accuracy', { severity: 'high' })], responses: [] });
  const later = answer({ fired: once.alerts, alerts: once.alerts, responses: [] });
  expect(done(later)).toEqual(['retrain accuracy']);
  const told = answer({ fired: [about('accuracy')], busy: true });
  const then = answer({ fired: told.alerts, alerts: told.alerts });
  expect(done(then)).toEqual(['retrain accuracy']);
  expect(then.alerts[0]).toMatchObject({ actions: ['notify', 'retrain'], withheld: [] });
});

test('responses are kept for as long as cooldown and budget look back', () => {
  const responses = [30, 20, 8, 7, 6].map((days) => ({ action: 'retrain', at: daysAgo(days) }));
  expect(answer({ responses }).responses.map(({ at }) => at)).toEqual([daysAgo(6)]);
  const slow: MonitorSpec = { ...spec, retrain: { ...retrain, cooldown: '25d' } };
  expect(answer({ spec: slow, responses }).responses.map(({ at }) => at)).toEqual([20, 8, 7, 6].map(daysAgo));
});

test('a storm of 1 000 alerts makes one retraining and one roll-back, in whatever order they come', () => {
  const alerts = Array.from({ length: 1_000 }, (_, k) =>
    bare({
      fingerprint: `m:production:segment:s${k}`,
      kind: 'segment',
      subject: `s${k}`,
      severity: k % 2 ? 'high' : 'medium',
    }),
  );
  const all: readonly ResponseAction[] = ['notify', 'retrain', 'roll-back'];
  const stormy: MonitorSpec = { ...spec, response: { ...spec.response, segment: all } };
  const first = answer({ spec: stormy, fired: alerts });
  for (const action of ['retrain', 'roll-back'])
    expect(first.actions.filter((each) => each.action === action).map(({ alert }) => alert.subject)).toEqual(['s1']);
  expect(first.actions).toHaveLength(1_002);
  expect(first.responses).toHaveLength(2);
  fc.assert(
    fc.property(fc.shuffledSubarray(alerts, { minLength: 900 }), (fired) => {
      const answered = answer({ spec: stormy, fired, alerts });
      expect(answered.actions.filter(({ action }) => action === 'retrain')).toHaveLength(1);
      expect(answered.alerts.map(({ id }) => id)).toEqual(alerts.map(({ id }) => id));
    }),
    { seed: 2, numRuns: 5 },
  );
});

test('a storm through looks, day by day for three weeks: never more than the budget, never within the cooldown', () => {
  const segment: readonly ResponseAction[] = ['retrain'];
  const stormy: MonitorSpec = { ...spec, consecutive: 1, response: { ...spec.response, segment } };
  const findings = Array.from({ length: 1_000 }, (_, k) => finding({ kind: 'segment', subject: `s${k}/accuracy` }));
  let [alerts, subjects, responses]: [
    readonly Alert[],
    Parameters<typeof applyLook>[0]['subjects'],
    ResponseInput['responses'],
  ] = [[], [], []];
  const retrained: number[] = [];
  for (let day = 0; day < 21; day += 1) {
    const at = daysAgo(-day);
    const look = applyLook({ spec: stormy, alerts, subjects, findings, insufficientKinds: [], at, counted: true });
    const answered = respond({ spec: stormy, fired: look.fired, alerts: look.alerts, responses, busy: false, at });
    if (answered.actions.some(({ action }) => action === 'retrain')) retrained.push(day);
    [alerts, subjects, responses] = [answered.alerts, look.subjects, answered.responses];
    expect(responses.length).toBeLessThanOrEqual(2);
    expect(alerts.length).toBeLessThanOrEqual(50);
  }
  expect(retrained).toEqual([0, 3, 7, 10, 14, 17]);
});

test.each([
  [[], [], true, []],
  [[], ['price'], true, ['notify_data_engineering']],
  [['medium'], [], true, ['trigger_retraining', 'assess_business_impact']],
  [['high'], [], true, ['trigger_retraining', 'rollback_model', 'assess_business_impact']],
  [['high'], [], false, ['trigger_retraining', 'assess_business_impact']],
  [
    ['medium', 'high', 'high'],
    ['price', 'age'],
    true,
    ['trigger_retraining', 'rollback_model', 'notify_data_engineering', 'assess_business_impact'],
  ],
  [['medium'], ['price'], false, ['trigger_retraining', 'notify_data_engineering', 'assess_business_impact']],
] as const)(
  'the seed: %j with drift of %j, previous version %p: %j',
  (severities, driftFeatures, hasPreviousVersion, actions) => {
    const alerts = severities.map((severity) => ({ severity }));
    expect(automatedResponse({ alerts, driftFeatures, hasPreviousVersion })).toEqual({ actions });
  },
);
