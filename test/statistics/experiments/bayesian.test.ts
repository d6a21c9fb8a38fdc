import fc from 'fast-check';
import { bayesianCompare, compareArms, meanOf } from '../../../src/statistics/experiments';
import { ok, unsound, wildSums } from './samples';

const arm = (mean: number, variance = 1, n = 101) => ({ kind: 'mean', n, mean, m2: variance * (n - 1) }) as const;

test('flat: the chance to win is the one-sided p, the other way round', () => {
  const [a, b] = [arm(10), arm(10.1)];
  const found = ok(bayesianCompare(a, b));
  expect(1 - found.chanceToWin).toBeCloseTo(
    ok(compareArms(a, b, { law: 'normal', alternative: 'greater' })).pValue,
    12,
  );
  expect(found).toMatchObject({ method: 'normal posterior, flat prior', n: [101, 101] });
  // E max(Δ, 0) − E max(−Δ, 0) = E Δ
  expect(found.expectedLoss.control - found.expectedLoss.treatment).toBeCloseTo(found.effect.value, 12);
});

test('a sharp prior wins over the data, a wide one leaves them as they are', () => {
  const [a, b] = [arm(10), arm(12)];
  const flat = ok(bayesianCompare(a, b));
  const sharp = ok(bayesianCompare(a, b, { prior: { mean: 0, variance: 1e-12, of: 'absolute' } }));
  const wide = ok(bayesianCompare(a, b, { prior: { mean: 0, variance: 1e12, of: 'absolute' } }));
  expect(sharp.effect.value).toBeCloseTo(0, 6);
  expect(sharp.deviation).toBeCloseTo(1e-6, 9);
  expect(wide.effect.value).toBeCloseTo(flat.effect.value, 9);
  const between = ok(bayesianCompare(a, b, { prior: { mean: 0, variance: 0.02, of: 'absolute' } }));
  // Data variance 2/101, prior .02.
  expect(between.effect.value).toBeCloseTo((2 * 0.02) / (0.02 + 2 / 101), 12);
});

test('a prior about shares is carried over by the control mean', () => {
  const [a, b] = [arm(-10), arm(-12)];
  const relative = ok(bayesianCompare(a, b, { prior: { mean: 0.1, variance: 0.01 } }));
  const absolute = ok(bayesianCompare(a, b, { prior: { mean: 1, variance: 1, of: 'absolute' } }));
  expect(relative.effect).toEqual(absolute.effect);
  const none = { kind: 'mean', n: 3, mean: 0, m2: 2 } as const;
  expect(bayesianCompare(none, arm(1), { prior: { mean: 0, variance: 0.09 } }).status).toBe('undefined');
  expect(bayesianCompare(none, arm(1)).status).toBe('ok');
});

test('where lower is better, the other arm wins and loses', () => {
  const [a, b] = [arm(10), arm(10.1)];
  const [up, down] = [ok(bayesianCompare(a, b)), ok(bayesianCompare(a, b, { direction: 'lower-is-better' }))];
  expect(up.chanceToWin + down.chanceToWin).toBeCloseTo(1, 12);
  expect(down.expectedLoss).toEqual({ control: up.expectedLoss.treatment, treatment: up.expectedLoss.control });
  expect(down.effect).toEqual(up.effect);
});

test('the expected loss stays above 0 however clear the winner is', () => {
  const losses = [5, 20, 34, 36, 37].map((z) => {
    const { expectedLoss } = ok(bayesianCompare(arm(0), arm(z * Math.sqrt(2 / 101))));
    return expectedLoss.treatment;
  });
  expect(losses.every((loss) => loss > 0)).toBe(true);
  expect([...losses].sort((a, b) => b - a)).toEqual(losses);
  // φ(z)/z² (1 − 3/z² + …), on both sides of the change of formula.
  for (const [k, z] of [
    [2, 34],
    [3, 36],
  ] as const) {
    const series = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / z ** 2) * (1 - 3 / z ** 2 + 15 / z ** 4);
    expect(losses[k]! / Math.sqrt(2 / 101) / series).toBeCloseTo(1, 6);
  }
});

test('statuses, refusals, and no NaN whatever goes in', () => {
  expect(bayesianCompare(meanOf([1]), meanOf([1, 2])).status).toBe('insufficient-data');
  expect(bayesianCompare(meanOf([1, 1]), meanOf([1, 1])).status).toBe('no-variation');
  const good = arm(1);
  expect(() => bayesianCompare(good, good, { prior: { mean: 0, variance: 0 } })).toThrow('prior.variance is 0');
  expect(() => bayesianCompare(good, good, { prior: { mean: NaN, variance: 1 } })).toThrow('prior.mean is NaN');
  expect(() => bayesianCompare(good, good, { prior: { mean: 0, variance: 1, of: 'x' as never } })).toThrow(
    'prior.of is "x"',
  );
  expect(() => bayesianCompare(good, good, { direction: 'up' as never })).toThrow('direction is "up"');
  const priors = fc.constantFrom(
    null,
    { mean: 0, variance: 0.09 },
    { mean: 1e9, variance: 1e-300, of: 'absolute' as const },
  );
  fc.assert(
    fc.property(wildSums, wildSums, priors, fc.constantFrom('absolute', 'relative'), (a, b, prior, difference) => {
      if (a.kind === b.kind) expect(unsound(bayesianCompare(a, b, { prior, difference }))).toEqual([]);
    }),
    { seed: 1, numRuns: 500 },
  );
});
