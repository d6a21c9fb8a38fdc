import fc from 'fast-check';
import { adjustedMeanOf, compareArms, meanOf, ratioOf } from '../../../src/statistics/experiments';
import { summarise, summaryOf } from '../../../src/statistics/experiments/summary';
import { column, ok, products, rawSums } from './samples';

test('rows, raw sums and centred sums are one and the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 40 })), {
        minLength: 2,
        maxLength: 20,
      }),
      (pairs) => {
        const [y, x] = [pairs.map(([left]) => left), pairs.map(([, right]) => right)];
        const [{ n, ...above }, { n: _n, ...below }] = [rawSums(y), rawSums(x)];
        const sumProducts = products(x, y);
        const forms = [
          [meanOf(y), { kind: 'mean', n, ...above }],
          [ratioOf(y, x), { kind: 'ratio', n, numerator: above, denominator: below, sumProducts }],
          [adjustedMeanOf(y, x), { kind: 'adjusted-mean', n, ...above, covariate: below, sumProducts }],
        ] as const;
        for (const [rows, raw] of forms) {
          const [left, right] = [summaryOf('arm', rows), summaryOf('arm', raw)];
          expect(right.mean).toBeCloseTo(left.mean, 9);
          expect(right.variance).toBeCloseTo(left.variance, 6);
          const [a, b] = [summarise(rows, rows), summarise(raw, raw)];
          expect(b.theta ?? 0).toBeCloseTo(a.theta ?? 0, 6);
        }
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test('centred sums keep the digits that raw sums lose, and raw sums say so', () => {
  const rows = (shift: number, offset: number) => Array.from({ length: 100 }, (_, k) => shift + (k % 7) + offset);
  const near = ok(compareArms(meanOf(rows(0, 0)), meanOf(rows(0, 0.5))));
  const far = ok(compareArms(meanOf(rows(2 ** 40, 0)), meanOf(rows(2 ** 40, 0.5))));
  expect(far.statistic).toBeCloseTo(near.statistic, 9);
  const raw = (shift: number, offset: number) => ({ kind: 'mean', ...rawSums(rows(shift, offset)) }) as const;
  expect(ok(compareArms(raw(1e5, 0), raw(1e5, 0.5))).notes).toEqual([
    'the mean dwarfs the spread, of which raw sums keep few digits: use centred sums',
  ]);
  expect(ok(compareArms(raw(10, 0), raw(10, 0.5))).notes).toEqual([]);
});

test('a constant in raw sums is a constant, whatever rounding left', () => {
  const raw = (value: number, n = 10) => {
    const values = Array.from({ length: n }, () => value);
    return { kind: 'mean', ...rawSums(values) } as const;
  };
  for (const value of [0.1, 0.7, 1 / 3, 123.456])
    expect(compareArms(raw(value), raw(value)).status).toBe('no-variation');
  expect(compareArms(raw(0.1), raw(0.2)).status).toBe('undefined');
});

test('a constant covariate adjusts nothing, in raw sums too', () => {
  const metric = [1, 4, 2, 8, 5, 7];
  const covariate = metric.map(() => 0.1);
  const { n, ...above } = rawSums(metric);
  const { n: _n, ...below } = rawSums(covariate);
  const sumProducts = products(metric, covariate);
  const raw = { kind: 'adjusted-mean', n, ...above, covariate: below, sumProducts } as const;
  for (const sums of [raw, adjustedMeanOf(metric, covariate)]) {
    const found = ok(compareArms(sums, sums));
    expect(found.adjustment).toEqual({
      theta: 0,
      correlation: null,
      varianceReduction: 0,
      unadjustedMeans: [4.5, 4.5],
    });
    expect(found.notes).toContain('metric or covariate does not vary: nothing was adjusted');
  }
});

test('θ is pooled: exchanging the arms changes signs only', () => {
  fc.assert(
    fc.property(column(3), column(3), (a, b) => {
      const covariateOf = (values: readonly number[]) => values.map((value, row) => value / 3 + ((row * 7) % 5));
      const [left, right] = [adjustedMeanOf(a, covariateOf(a)), adjustedMeanOf(b, covariateOf(b))];
      const [there, back] = [compareArms(left, right), compareArms(right, left)];
      expect(back.status).toBe(there.status);
      if (there.status !== 'ok' || back.status !== 'ok') return;
      expect(back.statistic).toBeCloseTo(-there.statistic, 6);
      expect(back.adjustment?.theta).toBeCloseTo(there.adjustment?.theta ?? NaN, 9);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('sums that no rows can have are refused by the name of the argument', () => {
  const good = { kind: 'mean', n: 2, sum: 2, sumSquares: 4 } as const;
  const refusals: [Parameters<typeof compareArms>[0], string][] = [
    [{ kind: 'mean', n: 2, sum: 4, sumSquares: 4 }, 'control.sumSquares is 4: expected at least control.sum²/n = 8'],
    [{ kind: 'mean', n: 1.5, sum: 1, sumSquares: 1 }, 'control.n is 1.5'],
    [{ kind: 'mean', n: 2, sum: NaN, sumSquares: 1 }, 'control.sum is NaN'],
    [{ kind: 'mean', n: 2, mean: Infinity, m2: 1 }, 'control.mean is Infinity'],
    [{ kind: 'mean', n: 2, mean: 0, m2: -1 }, 'control.m2 is -1'],
    [{ kind: 'mean', n: 1, mean: 0, m2: 1 }, 'control.m2 is 1: expected 0, as n is 1'],
    [{ kind: 'mean', n: 3 } as never, 'control.mean is undefined'],
    [{ kind: 'proportion', n: 3, successes: 4 }, 'control.successes is 4: expected at most n = 3'],
    [{ kind: 'proportion', n: 3, successes: -1 }, 'control.successes is -1'],
  ];
  for (const [sums, message] of refusals)
    expect(() => compareArms(sums, { ...good, kind: sums.kind } as never)).toThrow(message);
  const pairs = { kind: 'ratio', n: 3, meanX: 1, meanY: 1, m2X: 1, m2Y: 4, cXY: 2.1 } as const;
  expect(() => compareArms(pairs, pairs)).toThrow('control.cXY is 2.1: expected at most √(m2X·m2Y) = 2');
  const raw = { sum: 3, sumSquares: 2 };
  const ratio = {
    kind: 'ratio',
    n: 2,
    numerator: { sum: 0, sumSquares: 0 },
    denominator: raw,
    sumProducts: 0,
  } as const;
  expect(() => compareArms(ratio, ratio)).toThrow('control.denominator.sumSquares is 2');
  expect(() => compareArms({ kind: 'ratio', n: 2 } as never, ratio)).toThrow(
    'control has neither raw nor centred sums',
  );
  expect(() => compareArms(good, ratio)).toThrow('treatment.kind is ratio: expected mean');
  expect(() => compareArms({ kind: 'median' } as never, { kind: 'median' } as never)).toThrow(TypeError);
});

test('a ratio without a denominator has no mean, a spread beyond a double no answer', () => {
  const none = ratioOf([1, 2, 3], [-1, 0, 1]);
  expect(compareArms(none, none).status).toBe('undefined');
  const huge = meanOf([-1e300, 1e300, 5e299]);
  expect(huge.m2).toBeNull();
  expect(compareArms(huge, huge)).toMatchObject({ status: 'undefined', n: [3, 3] });
});
