import type { MonitorState, WindowReport } from '../../src/contracts';
import { judgeReport, judgeSilence, judgeTime, watchedSegments } from '../../src/domain/judging';
import { initialState } from '../../src/domain/monitoring';
import { after, windowAt } from '../../src/domain/time';
import { monitorSpec } from '../support/specs';

const START = '2011-08-01T00:00:00.000Z';

/** A monitor with a baseline of .9, watching accuracy with a drop of .05, two windows in a row. */
function watching(change: Parameters<typeof monitorSpec>[0] = {}): MonitorState {
  const spec = monitorSpec({
    window: '1d',
    labelMaturity: '1d',
    drift: { ...monitorSpec().drift, ignore: [] },
    ...change,
  });
  return { ...initialState(spec), baseline: { value: 0.9, n: 500 } };
}

/** The report of the k-th window after the baseline, in which accuracy came to so much. */
function report(k: number, accuracy: number | null, change: Partial<WindowReport> = {}): WindowReport {
  const { from, to } = windowAt('2011-08-29T00:00:00.000Z', '1d', k);
  const value = { value: accuracy, n: 200, low: null, high: null, errorBound: 0 };
  return {
    phase: 'judge',
    from,
    to,
    asOf: after(to, '1d'),
    served: 220,
    n: 200,
    metrics: { accuracy: value },
    drift: { judged: true, reference: 'm/production/1', subjects: 3, flagged: [], missing: [], added: [] },
    segments: { judged: 0, flagged: [] },
    estimate: null,
    reconciliation: null,
    expectedServed: 200,
    rowsPerDay: 220,
    valuePerRow: null,
    judgedBy: 'rows',
    ...change,
  };
}

/** Judges accuracies one window after the other; what was done about each. */
function run(state: MonitorState, accuracies: readonly (number | null)[]) {
  const done: string[][] = [];
  let now = state;
  accuracies.forEach((accuracy, k) => {
    const judged = judgeReport(now, report(k, accuracy), report(k, accuracy).asOf);
    now = judged.state;
    done.push([...judged.changes.map(({ event }) => event), ...judged.actions.map(({ action }) => action)]);
  });
  return { state: now, done };
}

test('two bad windows in a row open one alert and ask for one retraining; two good ones resolve it', () => {
  const { state, done } = run(watching(), [0.8, 0.8, 0.9, 0.9]);
  expect(done).toEqual([[], ['opened', 'notify', 'retrain'], [], ['resolved']]);
  expect(state.alerts).toHaveLength(1);
  expect(state.alerts[0]).toMatchObject({
    fingerprint: 'm:production:performance:accuracy',
    state: 'resolved',
    value: 0.8,
    level: 0.85,
    count: 2,
    actions: ['notify', 'retrain'],
    resolution: { by: 'evidence' },
  });
  expect(state.firedAt).toBe(report(1, 0.8).asOf);
});

test('the same problem at another time is another alert', () => {
  const { state, done } = run(watching(), [0.8, 0.8, 0.9, 0.9, 0.8, 0.8]);
  expect(done[5]).toContain('opened');
  expect(state.alerts.map((alert) => alert.state)).toEqual(['resolved', 'open']);
});

test('the alert that is published carries what was done about it', () => {
  const first = judgeReport(watching(), report(0, 0.8), report(0, 0.8).asOf);
  const { changes } = judgeReport(first.state, report(1, 0.8), report(1, 0.8).asOf);
  expect(changes).toMatchObject([{ event: 'opened', alert: { actions: ['notify', 'retrain'] } }]);
});

test('a window with too few rows counts neither way, and is remembered as such', () => {
  const few = report(1, null, { metrics: {}, n: 3 });
  const first = judgeReport(watching(), report(0, 0.8), few.asOf).state;
  const { state, changes } = judgeReport(judgeReport(first, few, few.asOf).state, report(2, 0.8), report(2, 0.8).asOf);
  expect(changes.map(({ event }) => event)).toEqual(['opened']);
  expect(state.recent.map(({ status }) => status)).toEqual(['below', 'insufficient-data', 'below']);
  expect(state.nextWindow).toBe(watching().nextWindow + 3);
});

test('nothing opens while a retraining is open; what was found then is no evidence later', () => {
  const open = { retraining: 'k', experiment: null, experimentThrough: null, nextDueAt: null } as const;
  const busy = { ...watching(), open: { ...open, experimentDecided: false, waitsFor: null } };
  const { state, done } = run(busy, [0.8, 0.8]);
  expect(done).toEqual([[], []]);
  expect(judgeReport({ ...state, open: null }, report(2, 0.8), report(2, 0.8).asOf).changes).toEqual([]);
});

test('drift opens an alert of its own and retrains nothing unless told to', () => {
  const flagged = [
    { of: 'feature', feature: 'temp', method: 'ks', statistic: 0.6, effect: 0.6, floor: 0.5, pValue: 1e-9, n: 220 },
  ] as const;
  const moved = (k: number) => report(k, 0.9, { phase: 'traffic', drift: { ...report(k, 0.9).drift, flagged } });
  const first = judgeReport(watching(), moved(0), moved(0).asOf);
  expect(first.changes).toEqual([]);
  const second = judgeReport(first.state, moved(1), moved(1).asOf);
  expect(second.changes).toMatchObject([{ event: 'opened', alert: { kind: 'drift', subject: 'temp' } }]);
  expect(second.actions.map(({ action }) => action)).toEqual(['notify', 'notify-data-engineers']);
  expect(second.state.firedAt).toBeNull();
});

test('an estimate that labels contradict is not believed until they agree again', () => {
  const contradicted = report(0, 0.9, {
    reconciliation: { verdict: 'concept-drift-suspected', reason: 'accuracy by .2' },
  });
  const { state, changes } = judgeReport(watching({ estimate: true }), contradicted, contradicted.asOf);
  expect(changes).toMatchObject([{ event: 'opened', alert: { kind: 'concept' } }]);
  expect(state.estimateTrusted).toBe(false);
  const agreed = report(1, 0.9, { reconciliation: { verdict: 'consistent', reason: 'fine' } });
  expect(judgeReport(state, agreed, agreed.asOf).state.estimateTrusted).toBe(true);
});

test('the baseline is taken as it is, and one with too few rows gives no level', () => {
  const fresh = initialState(monitorSpec());
  const enough = judgeReport(fresh, report(0, 0.8, { phase: 'baseline' }), START).state;
  expect(enough.baseline).toMatchObject({ value: 0.8, n: 200 });
  const few = report(0, 0.8, {
    phase: 'baseline',
    metrics: { accuracy: { value: 0.8, n: 12, low: null, high: null, errorBound: 0 } },
  });
  expect(judgeReport(fresh, few, START).state).toMatchObject({
    baseline: { value: null, n: 12 },
    failure: 'the baseline has 12 labelled rows, too few to judge by',
  });
});

test('silence is an alert of its own, and the next prediction ends it', () => {
  const state = watching({ volume: { silence: '2h' } });
  const at = (hour: number) => `2011-09-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const silent = judgeSilence(state, at(0), at(2));
  expect(silent.changes).toMatchObject([{ event: 'opened', alert: { kind: 'silence', subject: 'predictions' } }]);
  expect(silent.state).toMatchObject({ lastServedAt: at(0), silenceCheckedAt: at(2) });
  const heard = judgeSilence(silent.state, at(3), at(4));
  expect(heard.changes).toMatchObject([{ event: 'resolved' }]);
  expect(judgeSilence(watching(), at(0), at(9)).changes).toEqual([]);
});

test('time alone ends a snooze and escalates what nobody has looked at', () => {
  const spec = { alerts: { sinks: [], groupFrom: 3, escalation: { after: '1d', sinks: ['boss'] } } };
  const { state } = run(watching(spec), [0.8, 0.8]);
  const opened = state.alerts[0]!.at;
  expect(judgeTime(state, opened).state).toBe(state);
  expect(judgeTime(state, after(opened, '1d')).changes).toMatchObject([{ event: 'escalated' }]);
});

test('a segment that could not be judged does not resolve its alert', () => {
  const value = { value: 0.1, n: 100, low: 0.05, high: 0.2, errorBound: 0 };
  const bad = { segment: 'path=/a', metric: 'accuracy', value, level: 0.85, flagged: true } as const;
  const of = (k: number, segments: WindowReport['segments']) => report(k, 0.9, { segments });
  let state = watching();
  for (const k of [0, 1])
    state = judgeReport(state, of(k, { judged: 2, flagged: [bad] }), of(k, { judged: 2, flagged: [] }).asOf).state;
  expect(watchedSegments(state)).toEqual(['path=/a']);
  for (const k of [2, 3, 4]) {
    const few = of(k, { judged: 1, flagged: [], unjudged: watchedSegments(state) });
    state = judgeReport(state, few, few.asOf).state;
  }
  expect(state.alerts).toMatchObject([{ kind: 'segment', state: 'open' }]);
  for (const k of [5, 6])
    state = judgeReport(state, of(k, { judged: 2, flagged: [] }), of(k, { judged: 2, flagged: [] }).asOf).state;
  expect(state.alerts).toMatchObject([{ kind: 'segment', state: 'resolved' }]);
});

test('a thousand things at once make one retraining', () => {
  const segment = (k: number) =>
    ({
      segment: `country=${k}`,
      metric: 'accuracy',
      value: { value: 0.1, n: 100, low: 0.05, high: 0.2, errorBound: 0 },
      level: 0.85,
      flagged: true,
    }) as const;
  const flagged = Array.from({ length: 1_000 }, (_, k) => segment(k));
  const storm = (k: number) => report(k, 0.1, { segments: { judged: 1_000, flagged } });
  const state = watching({
    response: { medium: ['retrain'], high: ['retrain'], segment: ['retrain'], drift: ['retrain'] },
  });
  const first = judgeReport(state, storm(0), storm(0).asOf);
  const second = judgeReport(first.state, storm(1), storm(1).asOf);
  expect(second.actions.filter(({ action }) => action === 'retrain')).toHaveLength(1);
  expect(second.state.alerts.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(second.state).length).toBeLessThan(64 * 1024);
});
