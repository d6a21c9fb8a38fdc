import fc from 'fast-check';
import type { Baseline, MonitorSpec } from '../../src/contracts';
import { ALERT_KINDS, findingsOf, insufficientKinds, silenceFinding } from '../../src/domain/findings';
import type { Finding } from '../../src/domain/findings';
import { badSegment, driftReport, metricValue, moved, windowReport } from '../support/looks';
import { monitorSpec } from '../support/specs';

const baseline: Baseline = { value: 0.82, n: 900, metrics: { logLoss: metricValue(0.4) } };
const found = (change: Parameters<typeof windowReport>[0], spec: MonitorSpec = monitorSpec()) =>
  findingsOf(spec, baseline, windowReport(change));
const traffic = (change: Parameters<typeof windowReport>[0], spec?: MonitorSpec) =>
  found({ phase: 'traffic', metrics: {}, ...change }, spec);
const ofKind = (findings: readonly Finding[], kind: Finding['kind']) => findings.filter((each) => each.kind === kind);
const brief = (findings: readonly Finding[]) =>
  findings.map(({ kind, subject, verdict, severity }) => `${kind} ${subject} ${verdict} ${severity}`);

test('performance is always listed: clear, flagged, or why not judged', () => {
  const spec = monitorSpec({ metrics: [{ metric: 'logLoss', baselineRatio: 1.5 }] });
  const metrics = { accuracy: metricValue(0.8), logLoss: metricValue(0.61) };
  expect(found({ metrics }, spec)).toMatchObject([
    {
      subject: 'accuracy',
      verdict: 'clear',
      value: 0.8,
      baseline: 0.82,
      n: 200,
      interval: [metricValue(0.8).low, metricValue(0.8).high],
    },
    { subject: 'logLoss', verdict: 'flagged', baseline: 0.4, severity: 'medium', window: '2011-10-03T00:00:00.000Z' },
  ]);
  expect(found({ metrics }, spec)[1]!.summary).toBe('logLoss 0.61 on 200 rows, level 0.6, baseline 0.4');
  const why = (value: Parameters<typeof metricValue>) => found({ metrics: { accuracy: metricValue(...value) } })[0]!;
  expect(why([0.1, { n: 99 }])).toMatchObject({ verdict: 'insufficient-data' });
  expect(why([0.1, { n: 100 }])).toMatchObject({ verdict: 'flagged', severity: 'high' });
  expect(why([null, { note: 'one class' }]).summary).toContain('one class');
  expect(why([0.7, { errorBound: 0.001 }]).summary).toContain('± 0.001 from summaries');
  expect(findingsOf(spec, null, windowReport({ metrics })).map(({ verdict }) => verdict)).toEqual([
    'insufficient-data',
    'insufficient-data',
  ]);
});

test('a threshold needs no baseline, and of two rules for a metric the first stands', () => {
  const { baselineDrop: _, ...rest } = monitorSpec();
  const spec = { ...rest, threshold: 0.85, metrics: [{ metric: 'accuracy', threshold: 0.1 } as const] };
  expect(brief(findingsOf(spec, null, windowReport()))).toEqual(['performance accuracy flagged medium']);
});

test('a metric may have a baseline only where it is the primary one, or the baseline knows it', () => {
  const spec = monitorSpec({ metrics: [{ metric: 'auroc', baselineDrop: 0.1 }] });
  const metrics = { accuracy: metricValue(0.8), auroc: metricValue(0.2) };
  expect(found({ metrics }, spec)[1]).toMatchObject({ verdict: 'insufficient-data', level: null });
});

test('features that move are one finding each up to the group size, from there one for all', () => {
  const report = (features: readonly string[]) => driftReport(features.map((name, k) => moved(name, 0.6 + k / 100)));
  expect(brief(ofKind(traffic({ drift: report(['temp', 'hum']) }), 'drift'))).toEqual([
    'drift hum flagged medium',
    'drift temp flagged medium',
  ]);
  const [together, ...others] = ofKind(
    traffic({
      drift: driftReport([
        moved('temp', 0.6),
        moved('score', 0.7, { of: 'score' }),
        moved('prediction', 0.9, { of: 'prediction' }),
        moved('hum', 0.65),
        moved('wind', 0.51),
      ]),
    }),
    'drift',
  );
  expect(together).toMatchObject({
    subject: 'features',
    features: ['hum', 'temp', 'wind'],
    severity: 'high',
    value: 0.65,
  });
  expect(together!.summary).toContain('3 of 8');
  expect(brief(others)).toEqual(['drift prediction flagged high', 'drift score flagged high']);
});

test('a feature that is called as a subject of ours stays a feature', () => {
  const drift = driftReport([moved('score'), moved('score', 0.6, { of: 'score' })]);
  const subjects = ofKind(traffic({ drift }), 'drift').map(({ subject }) => subject);
  expect(subjects).toEqual(['feature:score', 'score']);
  const odd = driftReport([moved('feature:score'), moved('features')]);
  expect(ofKind(traffic({ drift: odd }), 'drift').map(({ subject }) => subject)).toEqual([
    'feature:feature:score',
    'feature:features',
  ]);
});

test('missing, new and changed features; a missing one says nothing of its drift', () => {
  const drift = driftReport([], { missing: ['b', 'a'], added: ['b'], unjudged: ['c'] });
  expect(brief(traffic({ drift }))).toEqual([
    'drift b insufficient-data medium',
    'drift a insufficient-data medium',
    'drift c insufficient-data medium',
    'schema a flagged high',
    'schema b flagged high',
  ]);
  const many = driftReport([], { missing: ['b'], added: ['z', 'y'] });
  expect(ofKind(traffic({ drift: many }), 'schema')).toMatchObject([
    { subject: 'features', severity: 'high', features: ['b', 'y', 'z'], summary: 'features 1 missing: b; 2 new: y, z' },
  ]);
  const fresh = driftReport([], { added: ['x', 'y', 'z'] });
  expect(ofKind(traffic({ drift: fresh }), 'schema')).toMatchObject([{ severity: 'medium' }]);
});

test('what was not judged is not flagged either', () => {
  const drift = driftReport([moved('temp')], { judged: false, missing: ['a'] });
  expect(brief(traffic({ drift }))).toEqual([]);
});

test.each([
  [{ minimum: 221 }, 'too-few', 'medium'],
  [{ minimum: 220 }, null, null],
  [{ minimum: 300 }, 'too-few', 'high'],
  [{ maximum: 219 }, 'too-many', 'medium'],
  [{ maximum: 220 }, null, null],
  [{ maximum: 170 }, 'too-many', 'high'],
  [{ minimumRatio: 1.11 }, 'too-few', 'medium'],
  [{ maximumRatio: 0.5 }, 'too-many', 'high'],
  // The narrower bound holds.
  [{ minimum: 1, minimumRatio: 1.2 }, 'too-few', 'medium'],
  [{ maximum: 1_000, maximumRatio: 1 }, 'too-many', 'medium'],
] as const)('220 rows served, 200 expected, with %j: %s', (volume, subject, severity) => {
  const flagged = ofKind(traffic({}, monitorSpec({ volume })), 'volume');
  expect(flagged.map((each) => [each.subject, each.severity])).toEqual(subject === null ? [] : [[subject, severity]]);
});

test('a share of what is not known is no bound', () => {
  const spec = monitorSpec({ volume: { minimumRatio: 2 } });
  expect(ofKind(traffic({ expectedServed: null }, spec), 'volume')).toEqual([]);
  expect(insufficientKinds(windowReport({ phase: 'traffic', expectedServed: null }), spec)).toContain('volume');
  expect(insufficientKinds(windowReport({ phase: 'traffic', expectedServed: null }), monitorSpec())).not.toContain(
    'volume',
  );
});

test('segments by name and metric, with the baseline behind their level', () => {
  const segments = { judged: 2, flagged: [badSegment('country=DE')], unjudged: ['country=AT'] };
  const [bad, unknown] = ofKind(found({ segments }), 'segment');
  expect(bad).toMatchObject({
    subject: 'country=DE/accuracy',
    metric: 'accuracy',
    severity: 'high',
    n: 100,
    level: 0.75,
  });
  expect(bad!.baseline).toBeCloseTo(0.8, 12);
  expect(bad!.summary).toBe('accuracy 0.5 [0.45, 0.55] where country=DE, on 100 rows, level 0.75');
  expect(unknown).toMatchObject({ subject: 'country=AT/accuracy', verdict: 'insufficient-data' });
});

test('an estimate alarms when its whole band is on the wrong side, and only where it is trusted', () => {
  const estimate = (value: number | null, n = 200) => ({ metrics: { accuracy: metricValue(value) }, n, reason: null });
  const spec = monitorSpec({ estimate: true });
  const verdict = (change: object, trusted = true) =>
    brief(findingsOf(spec, baseline, windowReport({ phase: 'traffic', metrics: {}, ...change }), trusted));
  expect(verdict({ estimate: estimate(0.71) })).toEqual(['estimate accuracy flagged medium']);
  // The level is .77: the upper end of .73 ± .05 is not below it.
  expect(verdict({ estimate: estimate(0.73) })).toEqual(['estimate accuracy clear medium']);
  expect(verdict({ estimate: estimate(0.1, 99) })).toEqual(['estimate accuracy insufficient-data high']);
  expect(verdict({ estimate: estimate(null) })).toEqual(['estimate accuracy insufficient-data medium']);
  expect(verdict({ estimate: null })).toEqual(['estimate accuracy insufficient-data medium']);
  expect(verdict({ estimate: { ...estimate(0.1), reason: 'no scores' } })[0]).toContain('insufficient-data');
  expect(verdict({ estimate: estimate(0.1) }, false)).toEqual([]);
  const loss = monitorSpec({ metric: 'logLoss', estimate: true });
  const lower = { metrics: { logLoss: metricValue(0.51) }, n: 200, reason: null };
  const report = windowReport({ phase: 'traffic', estimate: lower });
  expect(brief(findingsOf(loss, { value: 0.4, n: 900 }, report))).toEqual(['estimate logLoss flagged medium']);
});

test('labels that contradict the estimate', () => {
  const reconciliation = { verdict: 'concept-drift-suspected', reason: 'accuracy .6, estimated .8 ± .05' } as const;
  expect(brief(found({ reconciliation })).slice(1)).toEqual(['concept score flagged medium']);
  expect(found({ reconciliation: { ...reconciliation, verdict: 'consistent' } })).toHaveLength(1);
});

test('kinds that a look does not tell all of count neither way', () => {
  const spec = monitorSpec();
  const kinds = (change: Parameters<typeof windowReport>[0], trusted = true) =>
    insufficientKinds(windowReport(change), spec, trusted);
  const consistent = { verdict: 'consistent', reason: '' } as const;
  expect(kinds({ reconciliation: consistent })).toEqual(['drift', 'schema', 'volume', 'silence', 'estimate']);
  expect(kinds({})).toContain('concept');
  expect(kinds({ segments: { judged: 0, flagged: [] } })).toContain('segment');
  const estimate = { metrics: {}, n: 200, reason: null };
  const before = ['performance', 'silence', 'segment', 'concept'];
  expect(kinds({ phase: 'traffic', estimate })).toEqual(before);
  const without = ['performance', 'silence', 'segment', 'estimate', 'concept'];
  expect(kinds({ phase: 'traffic', estimate }, false)).toEqual(without);
  expect(kinds({ phase: 'traffic', estimate: { ...estimate, reason: 'no scores' } })).toEqual(without);
  const unjudged = kinds({ phase: 'traffic', estimate, drift: driftReport([], { judged: false }) });
  expect(unjudged).toEqual(['performance', 'drift', 'schema', 'silence', 'segment', 'concept']);
  // What is absent from a list that was cut may have been found.
  expect(kinds({ phase: 'traffic', drift: driftReport([moved('a')], { cut: true }) })).toContain('drift');
  expect(kinds({ phase: 'traffic', drift: driftReport([], { missing: ['a'], cut: true }) })).toContain('schema');
  expect(kinds({ segments: { judged: 60, flagged: [badSegment('a')], cut: true } })).toContain('segment');
});

test('a look that could not be taken, and one at the baseline, say nothing at all', () => {
  const spec = monitorSpec({ volume: { minimum: 10 } });
  const untaken = windowReport({ served: 0, n: 0, metrics: {}, expectedServed: null, failed: true });
  expect(findingsOf(spec, baseline, untaken)).toEqual([]);
  expect(insufficientKinds(untaken, spec)).toEqual(ALERT_KINDS);
  expect(findingsOf(spec, baseline, windowReport({ phase: 'baseline' }))).toEqual([]);
  expect(insufficientKinds(windowReport({ phase: 'baseline' }), spec)).toEqual(ALERT_KINDS);
});

test('silence, from the moment it has lasted', () => {
  const spec = monitorSpec({ volume: { silence: '2h' } });
  const at = (last: string | null, now: string) => silenceFinding(spec, last, now)!;
  const last = '2011-10-10T00:00:00.000Z';
  expect(at(last, '2011-10-10T01:59:59.999Z').verdict).toBe('clear');
  expect(at(last, '2011-10-10T02:00:00.000Z')).toMatchObject({
    verdict: 'flagged',
    severity: 'medium',
    kind: 'silence',
  });
  expect(at(last, '2011-10-10T03:00:00.000Z').severity).toBe('high');
  expect(at(last, '2011-10-10T03:00:00.000Z').summary).toBe(
    `no predictions for 3 h: the last at ${last}, alarm after 2h`,
  );
  // Before the first prediction it is counted from the end of the baseline.
  expect(at(null, '2011-08-28T00:00:00.000Z').verdict).toBe('insufficient-data');
  expect(at(null, '2011-08-29T02:00:00.000Z').verdict).toBe('flagged');
  expect(silenceFinding(monitorSpec(), last, '2012-01-01T00:00:00.000Z')).toBeNull();
});

test('a summary is one line of at most 300 characters, whatever the names are', () => {
  const names = fc.uniqueArray(
    fc.string({ unit: 'binary', maxLength: 190 }).map((name) => `a\n${name}\r\u2028`),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(names, names, (moving, missing) => {
      const drift = driftReport(
        moving.map((each) => moved(each)),
        { missing },
      );
      const segments = { judged: 1, flagged: moving.map((each) => badSegment(each)) };
      const summaries = [...traffic({ drift }), ...found({ segments })].map(({ summary }) => summary);
      expect(summaries.filter((each) => each.length > 300 || /[\n\r\u2028]/.test(each))).toEqual([]);
    }),
    { seed: 5, numRuns: 25 },
  );
});

test('many features are one finding that names fifty of them', () => {
  const names = Array.from({ length: 60 }, (_, k) => `f${k}`);
  const drift = driftReport(
    names.map((name, k) => moved(name, 0.9 - k / 1_000)),
    { missing: names },
  );
  const many = traffic({ drift }).filter(({ subject }) => subject === 'features');
  expect(many.map(({ kind, features }) => [kind, features.length])).toEqual([
    ['drift', 50],
    ['schema', 50],
  ]);
  expect(many[0]!.features).toEqual(names.slice(0, 50));
});
