import type { Alert, AlertKind } from '../../src/contracts';
import { alertRules, applyLook, decide, forgetSubject } from '../../src/domain/alerting';
import type { LookInput, LookResult } from '../../src/domain/alerting';
import type { Finding } from '../../src/domain/findings';
import { iso, ms } from '../../src/domain/time';
import { finding } from '../support/looks';
import { monitorSpec } from '../support/specs';

const START = '2011-10-10T00:00:00.000Z';
const at = (k: number) => iso(ms(START) + k * 86_400_000);
const spec = monitorSpec();
const drift = (flags: number, of: number) => monitorSpec({ drift: { ...spec.drift, flags, of } });
const low = (change: Partial<Finding> = {}) =>
  finding({ kind: 'performance', subject: 'accuracy', metric: 'accuracy', value: 0.7, level: 0.75, ...change });
const clear = low({ verdict: 'clear', value: 0.8, summary: 'accuracy 0.8 on 200 rows' });
const quiet = low({ verdict: 'insufficient-data', value: null });

type Step = Partial<Omit<LookInput, 'at' | 'alerts' | 'subjects'>>;

/** Looks one day apart, each on what the one before left. */
function looks(
  steps: readonly Step[],
  from: Pick<LookResult, 'alerts' | 'subjects'> = { alerts: [], subjects: [] },
  day = 0,
) {
  const results: LookResult[] = [];
  for (const [k, step] of steps.entries()) {
    const { alerts, subjects } = results.at(-1) ?? from;
    const given = { spec, findings: [], insufficientKinds: [], counted: true, ...step };
    const findings = given.findings.map((each) => ({ ...each, window: each.window === null ? null : at(day + k - 7) }));
    results.push(applyLook({ ...given, findings, alerts, subjects, at: at(day + k) }));
  }
  return results;
}
const last = (steps: readonly Step[], from?: Pick<LookResult, 'alerts' | 'subjects'>) => looks(steps, from).at(-1)!;
const events = (results: readonly LookResult[]) =>
  results.map(({ changes }) => changes.map(({ event, alert }) => `${event} ${alert.subject}`).join(', '));
const found = (...findings: Finding[]): Step => ({ findings });

test('the evidence that each kind needs', () => {
  const { needs } = alertRules(monitorSpec({ consecutive: 3, drift: { ...spec.drift, flags: 2, of: 4 } }));
  const of = (kind: AlertKind) => `${needs(kind, 'x').flags}/${needs(kind, 'x').of}`;
  expect((['performance', 'volume', 'segment', 'estimate'] as const).map(of)).toEqual(['3/3', '3/3', '3/3', '3/3']);
  expect((['drift', 'schema', 'silence', 'concept'] as const).map(of)).toEqual(['2/4', '1/1', '1/1', '1/1']);
  const seed = alertRules(monitorSpec({ drift: { ...spec.drift, mode: 'seed', flags: 2, of: 4 } }));
  expect(seed.needs('drift', 'x')).toEqual({ flags: 1, of: 1 });
});

test('enough flags open one alert with its evidence; the same problem counts it up', () => {
  const results = looks([found(low()), found(low({ value: 0.69 })), found(low({ value: 0.68, summary: 'worse' }))]);
  expect(events(results)).toEqual(['', 'opened accuracy', '']);
  expect(results[1]!.fired).toEqual(results[1]!.alerts);
  expect(results[1]!.alerts).toMatchObject([
    {
      id: `m:production:performance:accuracy@${at(1)}`,
      fingerprint: 'm:production:performance:accuracy',
      state: 'open',
      count: 2,
      value: 0.69,
      windows: [at(-7), at(-6)],
      actions: [],
      cost: null,
    },
  ]);
  expect(results[2]!.alerts).toMatchObject([
    { count: 3, at: at(1), lastAt: at(2), value: 0.68, summary: 'worse', windows: [at(-7), at(-6), at(-5)] },
  ]);
  expect(results[2]!.fired).toEqual([]);
});

test('of two findings on one subject the worse stands, whichever comes first', () => {
  const [mild, bad] = [low({ value: 0.74 }), low({ value: 0.5, severity: 'high' })];
  for (const findings of [
    [clear, mild, bad],
    [bad, mild, clear],
  ])
    expect(last([{ findings }, { findings }]).alerts).toMatchObject([{ value: 0.5, severity: 'high', count: 2 }]);
});

test('as many clear looks in a row as it needs resolve it, in words; afterwards it is another alert', () => {
  const results = looks([
    found(low()),
    found(low()),
    found(clear),
    found(low()),
    found(clear),
    found(clear),
    found(low()),
    found(low()),
  ]);
  expect(events(results)).toEqual(['', 'opened accuracy', '', '', '', 'resolved accuracy', '', 'opened accuracy']);
  expect(results[5]!.alerts[0]).toMatchObject({ state: 'resolved', resolution: { by: 'evidence', at: at(5) } });
  expect(results[5]!.alerts[0]!.resolution!.evidence).toBe(
    `clear, accuracy 0.8 on 200 rows: in 2 looks in a row, last found ${at(3)}, found 3 times`,
  );
  expect(results[5]!.subjects).toEqual([]);
  expect(results[7]!.alerts.map(({ id, count }) => [id.slice(-24), count])).toEqual([
    [at(1), 3],
    [at(7), 2],
  ]);
});

test('what a look does not judge counts neither way', () => {
  expect(events(looks([found(low()), found(quiet), found(low())]))).toEqual(['', '', 'opened accuracy']);
  const results = looks([found(low()), found(low()), found(clear), found(quiet), found(quiet), found(clear)]);
  expect(events(results).at(-1)).toBe('resolved accuracy');
  const insufficientKinds = ['drift'] as const;
  const moving = found(finding());
  expect(events(looks([moving, { insufficientKinds }, moving]))).toEqual(['', '', 'opened temp']);
  // Absent means clear where the kind was judged.
  expect(events(looks([moving, {}, moving]))).toEqual(['', '', '']);
  expect(events(looks([moving, moving, { insufficientKinds }, {}, {}]))).toEqual([
    '',
    'opened temp',
    '',
    '',
    'resolved temp',
  ]);
});

test('2 of 3 needs no row, and ends after three clear looks', () => {
  const step = (...findings: Finding[]): Step => ({ findings, spec: drift(2, 3) });
  const results = looks([step(finding()), step(), step(finding()), step(), step(), step()]);
  expect(events(results)).toEqual(['', '', 'opened temp', '', '', 'resolved temp']);
  expect(results[2]!.alerts[0]).toMatchObject({ count: 2, windows: [at(-7), at(-5)] });
});

test('while nothing counts, nothing opens or fires, but what is open goes on', () => {
  const off = (step: Step): Step => ({ ...step, counted: false });
  expect(events(looks([off(found(low())), off(found(low())), found(low())]))).toEqual(['', '', '']);
  const open = last([found(low()), found(low())]);
  const during = looks([off(found(clear)), off(found(low())), off(found(low())), off(found(clear))], open);
  expect(during.map(({ alerts }) => alerts[0]!.count)).toEqual([2, 3, 4, 4]);
  expect(during.flatMap(({ fired }) => fired)).toEqual([]);
  expect(events(looks([off(found(clear)), off(found(clear))], open))).toEqual(['', 'resolved accuracy']);
  // Fresh evidence is needed before it asks again.
  const then = looks([found(low()), found(low())], during[2]);
  expect(then.map(({ fired }) => fired.length)).toEqual([0, 1]);
});

test('an alert asks for a response again with as much fresh evidence as opened it', () => {
  const results = looks(Array.from({ length: 6 }, () => found(low())));
  expect(results.map(({ fired }) => fired.length)).toEqual([0, 1, 0, 1, 0, 1]);
  expect(events(results).filter(Boolean)).toEqual(['opened accuracy']);
});

test('it worsens once, asks at once, and keeps the worst it has been', () => {
  const high = low({ severity: 'high', value: 0.5 });
  const results = looks([found(low()), found(low()), found(high), found(low()), found(high)]);
  expect(events(results)).toEqual(['', 'opened accuracy', 'worsened accuracy', '', '']);
  expect(results[2]!.fired).toMatchObject([{ severity: 'high', value: 0.5 }]);
  expect(results[4]!.alerts[0]).toMatchObject({ severity: 'high', count: 5 });
});

test('a snoozed alert is quiet, but counts and resolves', () => {
  const open = last([found(low()), found(low())]);
  const { alerts } = decide(
    open.alerts,
    { kind: 'snooze', fingerprint: open.alerts[0]!.fingerprint, who: 'ann', until: at(90) },
    at(1),
  );
  const high = low({ severity: 'high' });
  const results = looks([found(low()), found(high), found(clear), found(clear)], { ...open, alerts });
  expect(events(results)).toEqual(['', '', '', 'resolved accuracy']);
  expect(results.flatMap(({ fired }) => fired)).toEqual([]);
  expect(results[1]!.alerts[0]).toMatchObject({ state: 'snoozed', count: 4, severity: 'high' });
});

test('what a person has resolved needs fresh evidence to open again', () => {
  const open = last([found(low()), found(low()), found(low())]);
  const [alert] = open.alerts;
  const decision = { kind: 'resolve', fingerprint: alert!.fingerprint, who: 'ann', note: 'a bad sensor' } as const;
  const decided = decide(open.alerts, decision, at(2));
  const subjects = forgetSubject(open.subjects, alert!);
  expect(subjects).toEqual([]);
  expect(events(looks([found(low()), found(low())], { alerts: decided.alerts, subjects }, 3))).toEqual([
    '',
    'opened accuracy',
  ]);
});

describe('many features', () => {
  const single = (name: string) => finding({ subject: name, summary: name });
  const group = (...features: string[]) => finding({ subject: 'features', features, summary: features.join() });

  test('what was found of one of them before is evidence for all', () => {
    const results = looks([found(single('temp')), found(group('temp', 'hum', 'wind'))]);
    expect(events(results)).toEqual(['', 'opened features']);
    expect(results[1]!.alerts[0]).toMatchObject({ count: 2, windows: [at(-7), at(-6)] });
    expect(events(looks([found(single('rain')), found(group('temp', 'hum', 'wind'))]))).toEqual(['', '']);
  });

  test('they are one alert that lasts while any of them moves, and opens no other', () => {
    const all = found(group('temp', 'hum', 'wind'));
    const results = looks([all, all, found(single('temp')), found(single('temp')), {}, found(single('hum')), {}, {}]);
    expect(events(results)).toEqual(['', 'opened features', '', '', '', '', '', 'resolved features']);
    expect(results.at(-1)!.alerts[0]).toMatchObject({ count: 5, features: ['temp', 'hum', 'wind'] });
    expect(results.at(-1)!.subjects).toEqual([]);
  });

  test('one that has an alert of its own keeps it; nothing opens where all have', () => {
    const own = [single('a'), single('b'), single('c')];
    const open = last([found(...own), found(...own)]);
    const all = found(group('a', 'b', 'c'));
    const results = looks([all, all], open);
    expect(events(results)).toEqual(['', '']);
    expect(results[1]!.alerts.map(({ count }) => count)).toEqual([4, 4, 4]);
    expect(events(looks([found(group('a', 'b', 'c', 'd')), found(group('a', 'b', 'c', 'd'))], open))).toEqual([
      '',
      'opened features',
    ]);
  });

  test('one that cannot be judged keeps it from resolving', () => {
    const all = found(group('temp', 'hum', 'wind'));
    const unknown = found(finding({ subject: 'hum', verdict: 'insufficient-data' }));
    expect(events(looks([all, all, unknown, unknown, unknown]))).toEqual(['', 'opened features', '', '', '']);
  });

  test('one that is called as a subject of ours is not taken for it', () => {
    const results = looks([found(group('score', 'b', 'c')), found(single('score'))]);
    expect(results[1]!.subjects.map(({ subject, flags }) => [subject, flags]).sort()).toEqual([
      ['drift:b', [true, false]],
      ['drift:c', [true, false]],
      ['drift:feature:score', [true, false]],
      ['drift:features', [true, false]],
      ['drift:score', [true]],
    ]);
  });

  test('a person who resolves it makes all of them need fresh evidence', () => {
    const open = last([found(group('a', 'b', 'c')), found(group('a', 'b', 'c'))]);
    expect(open.subjects.length).toBeGreaterThan(1);
    expect(forgetSubject(open.subjects, open.alerts[0]!)).toEqual([]);
  });
});

test('two windows judged at one instant: what was resolved by the first goes on as the same alert', () => {
  const silent = finding({ kind: 'silence', subject: 'predictions', window: null });
  const look = (findings: Finding[], before: Pick<LookResult, 'alerts' | 'subjects'>) =>
    applyLook({ spec, findings, insufficientKinds: [], at: at(0), counted: true, ...before });
  const opened = look([silent], { alerts: [], subjects: [] });
  const again = look([{ ...silent, severity: 'high' }], look([], opened));
  expect(again.changes.map(({ event }) => event)).toEqual(['reopened']);
  expect(again.alerts).toMatchObject([
    { id: opened.alerts[0]!.id, state: 'open', resolution: null, count: 2, severity: 'high' },
  ]);
});

test('a storm opens a bounded number, the worst first, with room for what the spec bounds; the rest waits', () => {
  const storm = Array.from({ length: 1_000 }, (_, k) =>
    finding({ kind: 'segment', subject: `s${k}/accuracy`, value: 0.5 + k / 1_000, level: 0.5 }),
  );
  const [, second, third] = looks([found(...storm), found(...storm), found(...storm, low())]);
  expect(second!.alerts).toHaveLength(44);
  // A thousand were found, two hundred are remembered.
  expect(second!.subjects).toHaveLength(200);
  expect(third!.alerts).toHaveLength(44);
  const then = last([found(...storm, low())], third);
  expect(then.changes.map(({ event, alert }) => `${event} ${alert.subject}`)).toEqual(['opened accuracy']);
  expect(then.crowded).toBeGreaterThan(100);
  const few = storm.slice(0, 60);
  const opened = looks([found(...few), found(...few)])[1]!;
  expect(opened.alerts.map(({ subject }) => subject)).toEqual(
    few
      .slice(16)
      .map(({ subject }) => subject)
      .reverse(),
  );
  expect(opened.crowded).toBe(16);
  // Those that waited open as soon as there is room.
  const resolved = opened.alerts.map((alert): Alert => ({ ...alert, state: 'resolved' }));
  const before = { ...opened, alerts: resolved };
  expect(last([{ ...found(...few), counted: false }], before).changes).toEqual([]);
  expect(last([found(...few)], before).changes).toHaveLength(16);
});
