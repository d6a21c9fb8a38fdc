import type { MonitorState } from '../../src/contracts';
import * as agenda from '../../src/domain/agenda';
import { initialState } from '../../src/domain/monitoring';
import { monitorSpec } from '../support/specs';

const DAY = (day: number, time = '00:00') => `2011-08-${String(day).padStart(2, '0')}T${time}:00.000Z`;
const spec = (change = {}) =>
  monitorSpec({ window: '1d', labelMaturity: '2d', baseline: { from: DAY(1), to: DAY(4) }, ...change });
const state = (change: Partial<MonitorState> = {}, of = {}): MonitorState => ({ ...initialState(spec(of)), ...change });
const known = { baseline: { value: 0.9, n: 72 } };

test('a window is due one maturity after its end', () => {
  expect(agenda.windowDue(monitorSpec(), 0)).toBe('2011-08-15T00:00:00.000Z');
  expect(agenda.baselineDue(monitorSpec())).toBe('2011-09-05T00:00:00.000Z');
});

test('the baseline comes first, then windows in the order in which they became due: traffic before labels', () => {
  expect(agenda.dueWindows(state(), DAY(5))).toEqual([]);
  expect(agenda.dueWindows(state(), DAY(8)).map(({ phase, from, asOf }) => [phase, from, asOf])).toEqual([
    ['baseline', DAY(1), DAY(6)],
    // The first two windows ended before the baseline was known.
    ['traffic', DAY(4), DAY(6)],
    ['traffic', DAY(5), DAY(6)],
    ['traffic', DAY(6), DAY(7)],
    ['judge', DAY(4), DAY(7)],
    ['traffic', DAY(7), DAY(8)],
    ['judge', DAY(5), DAY(8)],
  ]);
});

test('a monitor that was away for long catches up fifty windows at a time, without a gap', () => {
  let now = state(known);
  const seen: string[] = [];
  for (;;) {
    const due = agenda.dueWindows(now, '2012-08-01T00:00:00.000Z');
    if (due.length === 0) break;
    expect(due.length).toBeLessThanOrEqual(50);
    for (const window of due) {
      seen.push(`${window.phase} ${window.from}`);
      now = { ...now, ...agenda.nextWindows(now, window) };
    }
  }
  expect(new Set(seen).size).toBe(seen.length);
  const judged = seen.filter((text) => text.startsWith('judge'));
  expect(judged).toHaveLength(361);
  for (const text of judged) {
    const traffic = seen.indexOf(text.replace('judge', 'traffic'));
    expect(traffic).toBeGreaterThanOrEqual(0);
    expect(traffic).toBeLessThan(seen.indexOf(text));
  }
});

test('the next look is the earliest of window, traffic, silence and what an alert needs', () => {
  expect(agenda.nextLook(state(), null)).toBe(DAY(6));
  expect(agenda.nextLook(state(), DAY(2))).toBe(DAY(2));
  expect(agenda.nextLook(state(known), null)).toBe(DAY(6));
  const late = { ...known, nextTraffic: state().nextTraffic! + 5 };
  expect(agenda.nextLook(state(late), null)).toBe(DAY(7));
  expect(agenda.nextLook(state({ ...late, lastServedAt: DAY(6) }, { volume: { silence: '2h' } }), null)).toBe(
    DAY(6, '02:00'),
  );
});

test('silence is looked at again one silence after the last prediction or the last look', () => {
  const of = { volume: { silence: '2h' } };
  expect(agenda.silenceDue(state())).toBeNull();
  expect(agenda.silenceDue(state({}, of))).toBe(DAY(4, '02:00'));
  expect(agenda.silenceDue(state({ lastServedAt: DAY(9) }, of))).toBe(DAY(9, '02:00'));
  expect(agenda.silenceDue(state({ lastServedAt: DAY(9), silenceCheckedAt: DAY(9, '05:00') }, of))).toBe(
    DAY(9, '07:00'),
  );
});

test('a window may be judged early only once it has ended and the baseline is known', () => {
  expect(agenda.earlyWindow(state(), DAY(9))).toBeNull();
  expect(agenda.earlyWindow(state(known), DAY(4, '23:00'))).toBeNull();
  expect(agenda.earlyWindow(state(known), DAY(5))).toMatchObject({ from: DAY(4), asOf: DAY(5), onlyIfComplete: true });
});
