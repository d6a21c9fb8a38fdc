import fc from 'fast-check';
import { alwaysValidCompare, compareArms, guardrailBreach } from '../../../src/statistics';
import type { AlwaysValidOptions, AlwaysValidResult, GuardrailPlan, MetricSums } from '../../../src/statistics';

const share = (n: number, successes: number): MetricSums => ({ kind: 'proportion', n, successes });
const okay = (result: AlwaysValidResult) => {
  if (result.status !== 'ok') throw new Error(result.reason);
  return result;
};

/** Two arms with both outcomes in each. */
const arms = fc
  .tuple(fc.integer({ min: 100, max: 50_000 }), fc.integer({ min: 100, max: 50_000 }), fc.nat(), fc.nat())
  .map(([n, m, a, b]) => [share(n, 1 + (a % (n - 1))), share(m, 1 + (b % (m - 1)))] as const);
const options = fc.record({
  difference: fc.constantFrom('absolute' as const, 'relative' as const),
  alternative: fc.constantFrom('two-sided' as const, 'greater' as const, 'less' as const),
  alpha: fc.constantFrom(0.01, 0.05, 0.1),
  tuning: fc.constantFrom(500, 5_000, 1e6),
});

test('p is below α exactly where the interval leaves 0 out', () => {
  fc.assert(
    fc.property(arms, options, ([control, treatment], asked) => {
      const found = okay(alwaysValidCompare(control, treatment, asked));
      const { low, high } = found.effect.interval!;
      expect(found.significant).toBe((low !== null && low > 0) || (high !== null && high < 0));
      expect(found.pValue).toBeGreaterThan(0);
      expect(found.pValue).toBeLessThanOrEqual(1);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('exchanging the arms turns the difference and its interval around', () => {
  fc.assert(
    fc.property(arms, ([control, treatment]) => {
      const [one, other] = [alwaysValidCompare(control, treatment), alwaysValidCompare(treatment, control)].map(okay);
      expect(one!.pValue).toBe(other!.pValue);
      expect(one!.effect.interval!.low).toBeCloseTo(-other!.effect.interval!.high!, 12);
      const [up, down] = [
        okay(alwaysValidCompare(control, treatment, { alternative: 'greater' })),
        okay(alwaysValidCompare(treatment, control, { alternative: 'less' })),
      ];
      expect(up.pValue).toBe(down.pValue);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('it is wider than a fixed-horizon interval, by 1.55 at best', () => {
  const width = (result: { effect: { interval: { low: number | null; high: number | null } | null } }) =>
    result.effect.interval!.high! - result.effect.interval!.low!;
  const ratios = [200, 1_000, 2_500, 10_000, 1e6].map((n) => {
    const [a, b] = [share(n, n / 10), share(n, n / 10)];
    const fixed = compareArms(a, b, { law: 'normal' });
    if (fixed.status !== 'ok') throw new Error(fixed.reason);
    return width(okay(alwaysValidCompare(a, b))) / width(fixed);
  });
  expect(Math.min(...ratios)).toBe(ratios[2]);
  expect(ratios[2]).toBeCloseTo(1.549, 3);
});

test('relative, adjusted and ratio metrics come from the same sums as a fixed-horizon comparison', () => {
  const adjusted = (n: number, sum: number): MetricSums => ({
    kind: 'adjusted-mean',
    n,
    sum,
    sumSquares: sum * 12,
    covariate: { sum: n * 9, sumSquares: n * 90 },
    sumProducts: sum * 9.3,
  });
  const ratio = (n: number, sum: number): MetricSums => ({
    kind: 'ratio',
    n,
    numerator: { sum, sumSquares: sum * 3 },
    denominator: { sum: n * 5, sumSquares: n * 40 },
    sumProducts: sum * 6,
  });
  for (const difference of ['absolute', 'relative'] as const) {
    for (const [control, treatment] of [
      [adjusted(500, 5_000), adjusted(480, 5_040)],
      [ratio(500, 600), ratio(480, 640)],
      [share(500, 60), share(480, 70)],
    ] as const) {
      const fixed = compareArms(control, treatment, { difference });
      if (fixed.status !== 'ok') throw new Error(fixed.reason);
      const found = okay(alwaysValidCompare(control, treatment, { difference }));
      expect(found.effect.value).toBe(fixed.effect.value);
      expect(found.effect.name).toBe(fixed.effect.name);
      expect(found.standardError).toBe(fixed.standardError);
      expect(found.pValue).toBeGreaterThan(fixed.pValue);
    }
  }
});

test('p is the running minimum; the interval is of this look', () => {
  const [control, treatment] = [share(5_000, 500), share(5_000, 505)];
  const fresh = okay(alwaysValidCompare(control, treatment));
  const carried = okay(alwaysValidCompare(control, treatment, { previousP: 0.01 }));
  expect(carried).toMatchObject({ pValue: 0.01, significant: true, log10PValue: -2, effect: fresh.effect });
  expect(carried.notes).toHaveLength(1);
  expect(okay(alwaysValidCompare(control, treatment, { previousP: 1 }))).toEqual(fresh);
});

test('p is never 0, its logarithm goes on', () => {
  const found = okay(alwaysValidCompare(share(1e6, 100_000), share(1e6, 200_000)));
  expect(found.pValue).toBe(Number.MIN_VALUE);
  expect(found.log10PValue).toBeLessThan(-4_000);
});

describe('no answer', () => {
  test.each<[string, MetricSums, MetricSums, AlwaysValidOptions, string]>([
    ['too few units', share(99, 9), share(5_000, 500), {}, 'insufficient-data'],
    ['no units', share(0, 0), share(0, 0), { minimumPerArm: 0 }, 'insufficient-data'],
    ['both arms constant', share(500, 0), share(500, 0), {}, 'no-variation'],
    ['constants that differ', share(500, 0), share(500, 500), {}, 'undefined'],
    ['relative to 0', share(500, 0), share(500, 5), { difference: 'relative' }, 'undefined'],
    ['relative, a treatment without any', share(500, 5), share(500, 0), { difference: 'relative' }, 'undefined'],
  ])('%s', (_, control, treatment, asked, status) => {
    expect(alwaysValidCompare(control, treatment, asked)).toMatchObject({ status });
    const guardrail = guardrailBreach(control, treatment, { ...asked, margin: 0.1, direction: 'higher-is-better' });
    expect(guardrail).toMatchObject({ status });
  });

  test('the minimum is an option', () => {
    expect(okay(alwaysValidCompare(share(20, 9), share(20, 12), { minimumPerArm: 20 })).assumptions[0]!.holds).toBe(
      false,
    );
    expect(alwaysValidCompare(share(500, 50), share(500, 60), { minimumPerArm: 501 }).status).toBe('insufficient-data');
  });
});

test.each<[string, Record<string, unknown>]>([
  ['alpha is 1', { alpha: 1 }],
  ['tuning is 0', { tuning: 0 }],
  ['previousP is 0', { previousP: 0 }],
  ['previousP is 1.5', { previousP: 1.5 }],
  ['minimumPerArm is NaN', { minimumPerArm: Number.NaN }],
  ['difference is "ratio"', { difference: 'ratio' }],
  ['alternative is "up"', { alternative: 'up' }],
])('%s', (message, asked) => {
  expect(() => alwaysValidCompare(share(500, 50), share(500, 60), asked as AlwaysValidOptions)).toThrow(message);
});

test('sums that no rows can have, and arms of two kinds', () => {
  expect(() => alwaysValidCompare(share(500, 501), share(500, 60))).toThrow('control.successes is 501');
  const mean: MetricSums = { kind: 'mean', n: 500, sum: 10, sumSquares: 10 };
  expect(() => alwaysValidCompare(share(500, 50), mean)).toThrow('treatment.kind is mean');
});

describe('guardrail', () => {
  const plan: GuardrailPlan = { margin: 0.01, direction: 'higher-is-better' };

  test('is breached exactly where the one-sided bound lies wholly beyond the margin', () => {
    const plans = fc.record({
      margin: fc.constantFrom(0.001, 0.02, 0.3),
      direction: fc.constantFrom('higher-is-better' as const, 'lower-is-better' as const),
      difference: fc.constantFrom('absolute' as const, 'relative' as const),
      alpha: fc.constantFrom(0.01, 0.1),
    });
    fc.assert(
      fc.property(arms, plans, ([control, treatment], asked) => {
        const found = okay(guardrailBreach(control, treatment, asked));
        const { low, high } = found.effect.interval!;
        const higher = asked.direction === 'higher-is-better';
        expect(higher ? low : high).toBeNull();
        expect(found.significant).toBe(higher ? high! < -asked.margin : low! > asked.margin);
        const one = okay(
          alwaysValidCompare(control, treatment, { ...asked, alternative: higher ? 'less' : 'greater' }),
        );
        expect(found.effect).toEqual(one.effect);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('a loss within the margin is none, however many rows show it', () => {
    expect(okay(guardrailBreach(share(1e6, 500_000), share(1e6, 495_000), plan)).significant).toBe(false);
    expect(okay(guardrailBreach(share(1e6, 500_000), share(1e6, 480_000), plan)).significant).toBe(true);
    expect(okay(guardrailBreach(share(1e6, 500_000), share(1e6, 900_000), plan)).pValue).toBe(1);
  });

  test('a wider margin makes a breach harder to show', () => {
    const p = [0.001, 0.002, 0.005, 0.01].map(
      (margin) => okay(guardrailBreach(share(9_000, 900), share(9_000, 700), { ...plan, margin })).pValue,
    );
    expect([...p].sort((a, b) => a - b)).toEqual(p);
    expect(new Set(p).size).toBe(4);
  });

  test.each([
    ['margin is 0', { margin: 0 }],
    ['margin is -0.1', { margin: -0.1 }],
    ['direction is "up"', { direction: 'up' as never }],
  ])('%s', (message, change) => {
    expect(() => guardrailBreach(share(500, 50), share(500, 60), { ...plan, ...change })).toThrow(message);
  });
});
