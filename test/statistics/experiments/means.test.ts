import {
  differenceOf,
  isSound,
  meansAssumptions,
  pooledDifference,
  refusal,
} from '../../../src/statistics/experiments/means';

const arm = (n: number, mean: number, variance: number) => ({ n, mean, unadjustedMean: mean, variance });

test('differences by hand', () => {
  const [a, b] = [arm(10, 5, 20), arm(20, 6, 10)];
  const absolute = differenceOf(a, b, 'absolute');
  expect(absolute.standardError).toBeCloseTo(Math.sqrt(2 + 0.5), 14);
  expect(absolute.degreesOfFreedom).toBeCloseTo(2.5 ** 2 / (4 / 9 + 0.25 / 19), 12);
  const relative = differenceOf(a, b, 'relative');
  expect(relative.value).toBeCloseTo(0.2, 14);
  expect(relative.standardError).toBeCloseTo(Math.sqrt(0.5 / 25 + (2 * 36) / 625), 14);
  expect(relative.degreesOfFreedom).toBe(absolute.degreesOfFreedom);
  const pooled = pooledDifference(a, b);
  expect(pooled.degreesOfFreedom).toBe(28);
  expect(pooled.standardError).toBeCloseTo(Math.sqrt(((9 * 20 + 19 * 10) / 28) * 0.15), 14);
});

test('squares of the smallest and largest means stay within a double', () => {
  for (const scale of [1e-100, 1e100]) {
    const found = differenceOf(arm(10, 5 * scale, 20 * scale ** 2), arm(20, 6 * scale, 10 * scale ** 2), 'relative');
    expect(found.value).toBeCloseTo(0.2, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(0.5 / 25 + (2 * 36) / 625), 12);
    expect(isSound(found)).toBe(true);
  }
});

test('why arms cannot be compared', () => {
  const status = (a: ReturnType<typeof arm>, b: ReturnType<typeof arm>, kind: 'absolute' | 'relative' = 'absolute') =>
    refusal('x', a, b, kind)?.status ?? 'ok';
  const good = arm(10, 5, 20);
  expect(status(good, good)).toBe('ok');
  expect(status(arm(1, 5, 0), good)).toBe('insufficient-data');
  expect(status(arm(9, 5, 0), arm(9, 5, 0))).toBe('no-variation');
  expect(status(arm(9, 5, 0), arm(9, 6, 0))).toBe('undefined');
  expect(status(arm(9, NaN, NaN), good)).toBe('undefined');
  expect(status(arm(9, 5, Infinity), good)).toBe('undefined');
  expect(status(arm(9, 0, 1), good)).toBe('ok');
  expect(status(arm(9, 0, 1), good, 'relative')).toBe('undefined');
  expect(refusal('x', arm(9, 5, 0), arm(9, 5, 0), 'absolute')).toMatchObject({
    method: 'x',
    n: [9, 9],
    reason: 'both arms are constant, 5 and 5: there is no spread to judge by',
  });
});

test('assumptions of a relative difference ask for a control mean far from 0', () => {
  expect(meansAssumptions(arm(30, 1, 1), arm(40, 1, 1), false)).toEqual([
    { name: 'means nearly normal', holds: true, detail: expect.stringContaining('30 units') },
  ]);
  const [, far] = meansAssumptions(arm(100, 1, 1), arm(100, 1, 1), true);
  expect(far).toEqual({
    name: 'control mean far from 0',
    holds: true,
    detail: expect.stringContaining('10.0 standard errors'),
  });
  expect(meansAssumptions(arm(100, 0.8, 1), arm(100, 1, 1), true)[1]!.holds).toBe(false);
  expect(meansAssumptions(arm(100, 1, 0), arm(100, 1, 1), true)[1]!.holds).toBe(true);
});
