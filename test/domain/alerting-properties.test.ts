/** The life of alerts under random sequences of looks. */
import fc from 'fast-check';
import type { AlertKind, SubjectHistory } from '../../src/contracts';
import { alertRules, applyLook, MOST_UNRESOLVED, remembered } from '../../src/domain/alerting';
import type { LookResult } from '../../src/domain/alerting';
import { iso, ms } from '../../src/domain/time';
import { finding } from '../support/looks';
import { monitorSpec } from '../support/specs';

const at = (k: number) => iso(ms('2011-10-10T00:00:00.000Z') + k * 86_400_000);
const spec = monitorSpec();
const low = () => finding({ kind: 'performance', subject: 'accuracy', metric: 'accuracy', value: 0.7, level: 0.75 });

const rules = monitorSpec({
  drift: { ...spec.drift, flags: 2, of: 3 },
  metrics: [{ metric: 'logLoss', threshold: 0.5 }],
});
const subjects: readonly (readonly [AlertKind, string])[] = [
  ['performance', 'accuracy'],
  ['performance', 'logLoss'],
  ['drift', 'temp'],
  ['drift', 'score'],
  ['schema', 'temp'],
  ['silence', 'predictions'],
];
const verdict = fc.constantFrom('flagged', 'flagged', 'clear', 'insufficient-data', 'absent');
const look = fc.record({
  verdicts: fc.tuple(...subjects.map(() => fc.tuple(verdict, fc.constantFrom('medium', 'high')))),
  counted: fc.constantFrom(true, true, true, false),
  insufficientKinds: fc.subarray(['drift', 'schema'] as AlertKind[]),
  turn: fc.nat({ max: 6 }),
});

/** The same story told of one subject alone. */
function expected(kind: AlertKind, seen: readonly { flag: boolean | null; counted: boolean }[]): number[] {
  const { flags, of } = alertRules(rules).needs(kind, '');
  const counts: number[] = [];
  let row: boolean[] = [];
  let open = false;
  for (const { flag, counted } of seen) {
    if (flag === null || (!open && !counted)) continue;
    row = [...row, flag].slice(-of);
    const enough = row.filter(Boolean).length >= flags;
    if (!open && flag && enough) {
      open = true;
      counts.push(row.filter(Boolean).length);
      row = [];
    } else if (open && flag) {
      counts[counts.length - 1]! += 1;
      if (!counted || enough) row = [];
    } else if (open && row.length === of && !row.includes(true)) {
      open = false;
      row = [];
    } else if (!open && !row.includes(true)) row = [];
  }
  return counts;
}

test('one unresolved alert a fingerprint, counts as flagged, bounded histories, in any order of findings', () => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 25 }), (steps) => {
      const seen = subjects.map((): { flag: boolean | null; counted: boolean }[] => []);
      let state: Pick<LookResult, 'alerts' | 'subjects'> = { alerts: [], subjects: [] };
      let [opened, resolved, severities] = [0, 0, 0];
      for (const [k, step] of steps.entries()) {
        const { counted } = step;
        const findings = subjects.flatMap(([kind, subject], index) => {
          const [said, severity] = step.verdicts[index]!;
          const absent = step.insufficientKinds.includes(kind) ? null : false;
          const flag = { flagged: true, clear: false, 'insufficient-data': null, absent }[said];
          seen[index]!.push({ flag, counted });
          return said === 'absent' ? [] : [finding({ kind, subject, severity, verdict: said })];
        });
        const input = { spec: rules, insufficientKinds: step.insufficientKinds, at: at(k), counted, ...state };
        const result = applyLook({ ...input, findings });
        const turned = [...findings.slice(step.turn), ...findings.slice(0, step.turn)].reverse();
        expect(applyLook({ ...input, findings: turned })).toEqual(result);
        opened += result.changes.filter(({ event }) => event === 'opened').length;
        resolved += result.changes.filter(({ event }) => event === 'resolved').length;
        severities += result.changes.filter(({ event }) => event === 'worsened').length;
        const unresolved = result.alerts.filter((alert) => alert.state !== 'resolved');
        expect(new Set(unresolved.map(({ fingerprint }) => fingerprint)).size).toBe(unresolved.length);
        expect(opened - resolved).toBe(unresolved.length);
        expect(severities).toBeLessThanOrEqual(opened);
        for (const { windows, state: stands, resolution } of result.alerts) {
          expect(windows.length).toBeLessThanOrEqual(12);
          expect(resolution === null).toBe(stands !== 'resolved');
        }
        for (const history of result.subjects) expect(isBounded(history)).toBe(true);
        if (!counted) expect(result.fired).toEqual([]);
        state = result;
      }
      for (const [index, [kind, subject]] of subjects.entries()) {
        const counts = state.alerts.filter((alert) => alert.kind === kind && alert.subject === subject);
        expect(counts.map(({ count }) => count)).toEqual(expected(kind, seen[index]!));
      }
    }),
    { seed: 7, numRuns: 200 },
  );
});

function isBounded({ subject, flags, windows = [] }: SubjectHistory): boolean {
  const { of } = alertRules(rules).needs(subject.split(':')[0] as AlertKind, '');
  return flags.length <= of && windows.length <= flags.filter(Boolean).length;
}

test('with groups and hundreds of features: never two alerts for one problem, never more than there is room for', () => {
  const names = Array.from({ length: 120 }, (_, k) => `f${k}`);
  const storm = fc.record({
    singles: fc.subarray(names),
    group: fc.subarray(names, { minLength: 3 }),
    grouped: fc.boolean(),
    counted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(storm, { maxLength: 8 }), (steps) => {
      let state: Pick<LookResult, 'alerts' | 'subjects'> = { alerts: [], subjects: [] };
      for (const [k, { singles, group, grouped, counted }] of steps.entries()) {
        const findings = [
          ...singles.map((subject) => finding({ kind: 'schema', subject })),
          ...(grouped ? [finding({ subject: 'features', features: group.slice(0, 50) })] : []),
          low(),
        ];
        const input = { spec, insufficientKinds: [], at: at(k), counted, ...state };
        const result = applyLook({ ...input, findings });
        expect(applyLook({ ...input, findings: [...findings].reverse() })).toEqual(result);
        const unresolved = result.alerts.filter((alert) => alert.state !== 'resolved');
        expect(unresolved.length).toBeLessThanOrEqual(MOST_UNRESOLVED);
        expect(new Set(unresolved.map(({ fingerprint }) => fingerprint)).size).toBe(unresolved.length);
        expect(result.subjects.length).toBeLessThanOrEqual(200);
        for (const { features } of unresolved) expect(features.length).toBeLessThanOrEqual(50);
        state = { ...result, alerts: remembered(result.alerts) };
        expect(state.alerts.length).toBeLessThanOrEqual(MOST_UNRESOLVED + 20);
      }
    }),
    { seed: 11, numRuns: 40 },
  );
});
