import type { ImpactRotation, ImpactState } from '../../src/contracts';
import { hashUnit } from '../../src/domain/assignment';
import * as impact from '../../src/domain/impact';
import { firstGroups, impactSpec } from '../support/impact';

const spec = impactSpec('shop', { controlGroupSize: 0.1, lookBack: '28d', attributionWindow: '7d' });
const groups = [...firstGroups(spec), { rotation: 'second', controlGroupSize: 0.3, from: '2026-03-01T00:00:00.000Z' }];
const state = (change: Partial<ImpactState> = {}): ImpactState => ({ ...impact.initialState(spec, groups), ...change });

describe('groups', () => {
  test('a user is in control where the hash under the rotation is below its size', () => {
    for (let k = 0; k < 500; k += 1) {
      const hash = hashUnit('impact/shop/first', `user ${k}`);
      expect(impact.groupAt(groups, 'shop', `user ${k}`, spec.start)).toEqual({
        group: hash < 0.1 ? 'control' : 'treatment',
        rotation: 'first',
      });
    }
  });

  test('the size is kept: 10 % of 20 000 users, within four standard errors', () => {
    const ids = Array.from({ length: 20_000 }, (_, k) => `user-${k}`);
    const control = ids.filter((id) => impact.groupAt(groups, 'shop', id, spec.start)?.group === 'control');
    expect(Math.abs(control.length - 2_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.1 * 0.9));
  });

  test('a rotation begins in its first instant; before the tracking nobody has a group', () => {
    const rotationAt = (at: string) => impact.groupAt(groups, 'shop', 'u', at)?.rotation ?? null;
    expect(rotationAt('2026-02-28T23:59:59.999Z')).toBe('first');
    expect(rotationAt('2026-03-01T00:00:00.000Z')).toBe('second');
    expect(rotationAt('2025-12-31T23:59:59.999Z')).toBeNull();
  });

  test('models and rotations divide the same users independently', () => {
    const ids = Array.from({ length: 4_000 }, (_, k) => `user-${k}`);
    const both = ids.filter((id) =>
      ['shop', 'news'].every((model) => impact.groupAt(groups, model, id, spec.start)?.group === 'control'),
    );
    expect(Math.abs(both.length - 40)).toBeLessThan(4 * Math.sqrt(40));
  });
});

describe('months', () => {
  test.each([
    ['2026-01', '2026-02'],
    ['2026-12', '2027-01'],
    ['2028-02', '2028-03'],
  ])('after %s comes %s', (month, next) => expect(impact.nextMonth(month)).toBe(next));

  test('the first period begins with the tracking, the others with their month', () => {
    const late = { start: '2026-01-15T12:00:00.000Z' };
    expect(impact.periodOf(late, '2026-01')).toEqual({ from: late.start, to: '2026-02-01T00:00:00.000Z' });
    expect(impact.periodOf(late, '2026-02').from).toBe('2026-02-01T00:00:00.000Z');
  });

  test('a report is made of its month, of the window after it, and of what was before the rotation', () => {
    expect(impact.inputMonths(spec, groups, '2026-02')).toEqual(['2025-12', '2026-01', '2026-02', '2026-03']);
    expect(impact.inputMonths(spec, groups, '2026-04')).toEqual(['2026-02', '2026-03', '2026-04', '2026-05']);
    expect(impact.inputMonths({ ...spec, lookBack: null }, groups, '2026-02')).toEqual(['2026-02', '2026-03']);
  });

  test('the covariate ends where the rotation begins', () => {
    expect(impact.covariateOf(spec, groups[1]!)).toEqual({
      from: '2026-02-01T00:00:00.000Z',
      to: '2026-03-01T00:00:00.000Z',
    });
    expect(impact.covariateOf({ lookBack: null }, groups[1]!)).toBeNull();
  });

  test('the business case of a month is the last that began, pro rata', () => {
    const businessCase = [
      { from: '2026-02', monthlyValue: 2_800 },
      { from: '2026-06', monthlyValue: 6_000 },
    ];
    const expected = (month: string, from: string, to: string) =>
      impact.expectedValue({ businessCase }, month, { from: `${from}T00:00:00.000Z`, to: `${to}T00:00:00.000Z` });
    expect(expected('2026-01', '2026-01-01', '2026-02-01')).toBeNull();
    expect(expected('2026-02', '2026-02-01', '2026-03-01')).toBe(2_800);
    expect(expected('2026-02', '2026-02-15', '2026-03-01')).toBe(1_400);
    expect(expected('2026-07', '2026-07-01', '2026-08-01')).toBe(6_000);
  });
});

describe('a tracker', () => {
  test('is due at the midnight after the last', () => {
    expect(impact.dueAt(state())).toBe('2026-01-02T00:00:00.000Z');
    expect(impact.dueAt(state({ settledThrough: '2026-01-31T00:00:00.000Z' }))).toBe('2026-02-01T00:00:00.000Z');
    const closed = { who: 'ann', reason: 'over', at: spec.start };
    expect(impact.dueAt(state({ closed }))).toBeNull();
    expect(impact.statusOf(state({ closed, failure: 'x' })).state).toBe('closed');
    expect(impact.statusOf(state({ failure: 'x' })).state).toBe('failing');
  });

  test('remembers the newest two years of months, each once', () => {
    const month = (name: string, revision: number) => ({
      month: name,
      revision,
      closedTo: spec.start,
      users: [1, 9] as const,
      additionalRevenue: null,
    });
    const months = impact.monthsBetween('2026-01-01', '2028-06-01').map((name) => month(name, 1));
    const once = impact.settled(state({ failure: 'away' }), '2028-06-02T00:00:00.000Z', months);
    expect(once.months.map((each) => each.month)).toHaveLength(24);
    expect(once).toMatchObject({ failure: null, settledThrough: '2028-06-02T00:00:00.000Z' });
    const twice = impact.settled(once, once.settledThrough!, [month('2028-06', 2)]);
    expect(twice.months).toHaveLength(24);
    expect(twice.months.at(-1)).toMatchObject({ month: '2028-06', revision: 2 });
  });
});

describe('a rotation', () => {
  const rotate: ImpactRotation = { rotation: 'third', from: '2026-05-01T00:00:00.000Z' };
  const now = '2026-04-10T00:00:00.000Z';
  const fault = (change: Partial<Record<keyof ImpactRotation, unknown>>, at: string | null = now) =>
    impact.rotationFault(state(), at, { ...rotate, ...change } as ImpactRotation)?.path ?? null;

  test.each([
    ['fits', {}, null],
    ['with a name that is none', { rotation: 'a b' }, 'rotate.rotation'],
    ['with a name that is no text', { rotation: 7 }, 'rotate.rotation'],
    ['with a name that was used', { rotation: 'first' }, 'rotate.rotation'],
    ['with nobody in control', { controlGroupSize: 0 }, 'rotate.controlGroupSize'],
    ['with everybody in control', { controlGroupSize: 1 }, 'rotate.controlGroupSize'],
    ['with a size that is no number', { controlGroupSize: '0.5' }, 'rotate.controlGroupSize'],
    ['within a month', { from: '2026-05-02T00:00:00.000Z' }, 'rotate.from'],
    ['in the past', { from: '2026-04-01T00:00:00.000Z' }, 'rotate.from'],
    ['at no time', { from: undefined }, 'rotate.from'],
  ])('%s', (_, change, path) => expect(fault(change)).toBe(path));

  test('is declared an hour before it begins', () => {
    expect(fault({}, '2026-04-30T22:00:00.000Z')).toBeNull();
    expect(fault({}, '2026-04-30T23:00:00.000Z')).toBe('rotate.from');
  });

  test('comes after those that are declared already, also before any time has passed', () => {
    expect(fault({ from: '2026-03-01T00:00:00.000Z' }, null)).toBe('rotate.from');
    expect(fault({ from: '2026-04-01T00:00:00.000Z' }, null)).toBeNull();
  });

  test('keeps the size unless it is told another; nothing else changes', () => {
    expect(impact.changed(state(), { rotate })).toEqual({
      spec,
      groups: [...groups, { ...rotate, controlGroupSize: 0.3 }],
    });
    expect(impact.changed(state(), { minimumUsers: 7, businessCase: undefined })).toEqual({
      spec: { ...spec, minimumUsers: 7 },
      groups,
    });
  });
});
