import * as monitoring from '../../src/domain/monitoring';
import { durationMs, earliest, windowAt } from '../../src/domain/time';
import { monitorSpec } from '../support/specs';

const state = (change = {}) => ({ ...monitoring.initialState(monitorSpec()), ...change });

test('the first judged window starts at the end of the baseline, also where lengths do not fit', () => {
  expect(windowAt('2011-08-01T00:00:00.000Z', '7d', state().nextWindow).from).toBe('2011-08-29T00:00:00.000Z');
  const odd = monitoring.initialState(monitorSpec({ window: '5d' }));
  expect(windowAt('2011-08-01T00:00:00.000Z', '5d', odd.nextWindow).from).toBe('2011-08-31T00:00:00.000Z');
});

test('the watermark is the minimum over declared sources, null until each has spoken, and never moves back', () => {
  const spec = monitorSpec({ sources: ['a', 'b'] });
  const at = (watermarks: Record<string, string>) => monitoring.watermarkOf({ spec, watermarks });
  expect(at({ a: '2012' })).toBeNull();
  expect(at({ a: '2012', b: '2011', c: '2010' })).toBe('2011');
  expect(monitoring.advanceWatermark({ a: '2012' }, 'a', '2011')).toEqual({ a: '2012' });
});

test('a monitor is settled when what it started waits for traffic, for a person, or is over', () => {
  const open = monitoring.openRetraining(state(), 'k');
  expect(open.retrainings).toBe(1);
  expect(monitoring.isSettled(open, '2012')).toBe(false);
  const waiting = monitoring.applyRetrainingReport(open, {
    key: 'k',
    experiment: null,
    waitsFor: 'approval',
    closed: null,
  });
  expect(monitoring.isSettled(waiting, '2012')).toBe(true);
  const running = monitoring.applyExperimentReport(
    monitoring.applyRetrainingReport(open, { key: 'k', experiment: 'e', waitsFor: null, closed: null }),
    { id: 'e', settledThrough: '2012', nextDueAt: '2013', decided: false },
  );
  expect(monitoring.isSettled(running, '2012')).toBe(true);
  expect(monitoring.isSettled(running, '2012-02')).toBe(false);
  expect(monitoring.nextDue(running)).toBe('2011-09-05T00:00:00.000Z');
  const decided = monitoring.applyExperimentReport(running, {
    id: 'e',
    settledThrough: '2013',
    nextDueAt: null,
    decided: true,
  });
  expect(monitoring.isSettled(decided, '2012')).toBe(false);
});

test('a report of somebody else changes nothing', () => {
  const open = monitoring.openRetraining(state(), 'k');
  expect(monitoring.applyRetrainingReport(open, { key: 'other', experiment: 'x', waitsFor: null, closed: null })).toBe(
    open,
  );
});

test('after a promotion whole windows count at once, after any other end the cooldown comes first', () => {
  const closedAt = '2012-02-06T00:00:00.000Z';
  expect(monitoring.countFromAfter(monitorSpec(), { decision: 'promoted', closedAt })).toBe(closedAt);
  expect(monitoring.countFromAfter(monitorSpec(), { decision: 'not-better', closedAt })).toBe(
    '2012-02-13T00:00:00.000Z',
  );
});

test('an experiment that a person started opens and closes the monitor', () => {
  const report = { id: 'e', settledThrough: '2012', nextDueAt: '2013', decided: false };
  const open = monitoring.applyExperimentReport(state(), report);
  expect(monitoring.statusOf(open).state).toBe('experiment');
  expect(monitoring.applyExperimentReport(open, { ...report, decided: true }).open).toBeNull();
});

test('a change of the level takes the place of the other kind', () => {
  expect(monitoring.changedSpec(monitorSpec(), { baselineRatio: 0.9 }).baselineDrop).toBeUndefined();
  expect(monitoring.changedSpec(monitorSpec(), { consecutive: 3 })).toMatchObject({
    baselineDrop: 0.05,
    consecutive: 3,
  });
});

test('the level stays unknown without a baseline, or with too few rows for one', () => {
  expect(monitoring.levelOf(state())).toBeNull();
  expect(monitoring.levelOf(state({ baseline: { value: null, n: 3 } }))).toBeNull();
  expect(monitoring.levelOf(state({ baseline: { value: 0.8, n: 300 } }))).toBeCloseTo(0.75, 12);
});

test('durations', () => {
  expect([durationMs('7d'), durationMs('1.5h'), durationMs('10s')]).toEqual([604_800_000, 5_400_000, 10_000]);
  expect(() => durationMs('7 days')).toThrow('"7 days"');
  expect(earliest(null, null)).toBeNull();
});
