import fc from 'fast-check';
import type { Alert } from '../../src/contracts';
import { decide, nextTick, remembered, tick, unresolvedAlert } from '../../src/domain/alerting';
import { iso, ms } from '../../src/domain/time';
import { alert } from '../support/alerts';
import { monitorSpec } from '../support/specs';

const START = '2011-10-10T00:00:00.000Z';
const hour = (k: number) => iso(ms(START) + k * 3_600_000);
const plain = monitorSpec();
const spec = monitorSpec({ alerts: { ...plain.alerts, escalation: { after: '4h', sinks: ['pager'] } } });
const events = (given: readonly Alert[], at: string, by = spec) =>
  tick(given, by, at).changes.map(({ event }) => event);

test('an alert that nobody has acknowledged escalates once', () => {
  expect(nextTick([alert()], spec)).toBe(hour(4));
  expect(events([alert()], hour(3.99))).toEqual([]);
  const { alerts, changes } = tick([alert()], spec, hour(4));
  expect(changes).toEqual([{ event: 'escalated', alert: alert({ escalatedAt: hour(4) }) }]);
  expect(alerts).toEqual([changes[0]!.alert]);
  expect(events(alerts, hour(40))).toEqual([]);
  expect(nextTick(alerts, spec)).toBeNull();
  for (const state of ['acknowledged', 'resolved'] as const) {
    expect(nextTick([alert({ state })], spec)).toBeNull();
    expect(events([alert({ state })], hour(40))).toEqual([]);
  }
  expect(nextTick([alert()], plain)).toBeNull();
  expect(events([alert()], hour(40), plain)).toEqual([]);
});

test('a snooze ends, and only then does the escalation run', () => {
  const snoozed = alert({ state: 'snoozed', snoozedUntil: hour(10) });
  expect(nextTick([snoozed], spec)).toBe(hour(10));
  expect(events([snoozed], hour(9))).toEqual([]);
  const reopened = tick([snoozed], spec, hour(10));
  expect(reopened.changes.map(({ event, alert: { state } }) => [event, state])).toEqual([['reopened', 'open']]);
  expect(nextTick(reopened.alerts, spec)).toBe(hour(14));
  expect(events(reopened.alerts, hour(14))).toEqual(['escalated']);
  // A monitor that was away does both at once.
  expect(events([snoozed], hour(14))).toEqual(['reopened', 'escalated']);
});

test('the next tick is the earliest, and always does something', () => {
  const state = fc.constantFrom<Alert['state']>('open', 'acknowledged', 'snoozed', 'resolved');
  const some = fc.record({ state, at: fc.nat({ max: 50 }), until: fc.nat({ max: 100 }), escalated: fc.boolean() });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), (given) => {
      let alerts: readonly Alert[] = given.map(({ state: stands, at, until, escalated }, k) =>
        alert({
          fingerprint: `f${k}`,
          at: hour(at),
          state: stands,
          escalatedAt: escalated ? hour(at) : null,
          ...(stands === 'snoozed' ? { snoozedUntil: hour(until) } : {}),
        }),
      );
      // Each alert reopens once and escalates once, at most.
      for (let steps = 0; steps < 2 * given.length; steps += 1) {
        const next = nextTick(alerts, spec);
        if (next === null) break;
        const told = tick(alerts, spec, next);
        expect(told.changes.length).toBeGreaterThan(0);
        alerts = told.alerts;
      }
      expect(nextTick(alerts, spec)).toBeNull();
      expect(tick(alerts, spec, hour(10_000)).changes).toEqual([]);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('decisions of a person', () => {
  const other = alert({ fingerprint: 'other' });
  const { fingerprint } = alert();
  const decided = (decision: object) =>
    decide([alert(), other], { fingerprint, who: 'ann', ...decision } as Parameters<typeof decide>[1], hour(1));
  const acknowledged = decided({ kind: 'acknowledge', note: 'looking' });
  expect(acknowledged.change).toEqual({
    event: 'acknowledged',
    alert: alert({ state: 'acknowledged', who: 'ann', note: 'looking' }),
  });
  expect(acknowledged.alerts).toEqual([acknowledged.change.alert, other]);
  expect(decided({ kind: 'snooze', until: hour(9) }).change).toMatchObject({
    event: 'snoozed',
    alert: { state: 'snoozed', snoozedUntil: hour(9), who: 'ann' },
  });
  expect(decided({ kind: 'resolve' }).change).toMatchObject({
    event: 'resolved',
    alert: { state: 'resolved', resolution: { by: 'person', at: hour(1), evidence: 'resolved by ann' } },
  });
  expect(decided({ kind: 'resolve', note: 'a sensor' }).change.alert.resolution?.evidence).toBe('a sensor');
});

test('a decision on what is not there, or that would end before it begins, names what would be accepted', () => {
  const resolved = alert({ state: 'resolved' });
  const other = alert({ fingerprint: 'other' });
  const { fingerprint } = resolved;
  const by = { fingerprint, who: 'ann' };
  expect(() => decide([resolved, other], { ...by, kind: 'acknowledge' }, hour(1))).toThrow(
    new RangeError(`no unresolved alert "${fingerprint}"; unresolved: other`),
  );
  expect(() => unresolvedAlert([], 'x')).toThrow('unresolved: none');
  expect(() => decide([alert()], { ...by, kind: 'snooze', until: hour(1) }, hour(1))).toThrow(
    `expected an instant after ${hour(1)}`,
  );
});

test('all unresolved and the last twenty resolved are remembered', () => {
  const resolved = Array.from({ length: 25 }, (_, k) =>
    alert({ id: `r${k}`, state: 'resolved', resolution: { by: 'evidence', at: hour((k * 7) % 25), evidence: '' } }),
  );
  const open = Array.from({ length: 30 }, (_, k) => alert({ id: `o${k}` }));
  const kept = remembered([...resolved, ...open]);
  expect(kept.slice(-30)).toEqual(open);
  const gone = resolved.filter((each) => !kept.includes(each)).map(({ resolution }) => resolution!.at);
  expect(gone.sort()).toEqual([0, 1, 2, 3, 4].map(hour));
});
