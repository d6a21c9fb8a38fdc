import { criticalValue, intervalAround, logPOfT, logPOfZ, tailOf } from '../../../src/statistics/experiments/tails';

test('p of both sides is twice that of the nearer one, and at most 1', () => {
  for (const x of [-3, -0.2, 0, 0.7, 12]) {
    const nearer = (of: (side: 'greater' | 'less') => number) => Math.min(of('greater'), of('less')) + Math.LN2;
    expect(logPOfZ(x, 'two-sided')).toBeCloseTo(
      Math.min(
        0,
        nearer((side) => logPOfZ(x, side)),
      ),
      10,
    );
    expect(logPOfT(x, 7, 'two-sided')).toBeCloseTo(
      Math.min(
        0,
        nearer((side) => logPOfT(x, 7, side)),
      ),
      10,
    );
  }
});

test('a statistic of any size has a finite logarithm', () => {
  for (const z of [1e200, -1e200, Number.MAX_VALUE])
    for (const side of ['two-sided', 'greater', 'less'] as const) {
      expect(Number.isFinite(logPOfZ(z, side))).toBe(true);
      expect(Number.isFinite(logPOfT(z, 3, side))).toBe(true);
    }
});

test('critical values hold their tail, however small', () => {
  for (const tail of [0.3, 0.025, 1e-30]) {
    expect(logPOfZ(criticalValue(tail, null), 'greater')).toBeCloseTo(Math.log(tail), 9);
    expect(logPOfT(criticalValue(tail, 40), 40, 'greater')).toBeCloseTo(Math.log(tail), 8);
  }
  expect([tailOf(0.1, 'two-sided'), tailOf(0.1, 'less')]).toEqual([0.05, 0.1]);
});

test('an end that no double can hold is none', () => {
  const { low, high } = intervalAround(1.5 * 2 ** 1023, 2 ** 1023, 'two-sided', 0.05, 'x');
  expect([low, high]).toEqual([2 ** 1022, null]);
});
