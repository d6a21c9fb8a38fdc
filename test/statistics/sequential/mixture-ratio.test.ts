import fc from 'fast-check';
import { alwaysValidCompare, mixtureRatioCompare, mixtureRatioPath, mixtureRatioTest } from '../../../src/statistics';
import type { MetricSums, MixtureRatioResult } from '../../../src/statistics';
import { casesOf, expectClose } from '../../support/vectors';

const okay = <R extends { status: string }>(result: R) => {
  if (result.status !== 'ok') throw new Error(result.status);
  return result as Extract<R, { status: 'ok' }>;
};
const share = (n: number, successes: number): MetricSums => ({ kind: 'proportion', n, successes });

test.each(casesOf('sequential', 'msprt'))('%s', (_, entry) => {
  const estimate = { difference: entry.input.diff, variance: entry.input.variance };
  const found = okay(mixtureRatioTest(estimate, { mixingVariance: entry.args.tau2 }));
  expectClose(found.statistic, entry.expected.logLambda, entry);
  expectClose(found.pValue, entry.expected.alwaysValidP, entry);
  expectClose(found.effect.interval!.high! - estimate.difference, entry.expected.ciHalfWidth95, entry);
});

const estimates = fc.array(
  fc.record({
    difference: fc.double({ min: -1, max: 1, noNaN: true }),
    variance: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 20 },
);
const p = (looks: MixtureRatioResult[]) => looks.map((look) => okay(look).pValue);

test('p of a path never rises, and its parts may be looked at one after the other', () => {
  fc.assert(
    fc.property(estimates, fc.nat(19), (looks, at) => {
      const whole = p(mixtureRatioPath(looks, { mixingVariance: 0.01 }));
      expect([...whole].sort((a, b) => b - a)).toEqual(whole);
      const first = p(mixtureRatioPath(looks.slice(0, at), { mixingVariance: 0.01 }));
      const rest = p(mixtureRatioPath(looks.slice(at), { mixingVariance: 0.01, previousP: first.at(-1) ?? 1 }));
      expect([...first, ...rest]).toEqual(whole);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('only the size of the difference counts, in whatever unit', () => {
  fc.assert(
    fc.property(estimates, fc.constantFrom(-1, 1e-3, 1e6), (looks, unit) => {
      const scaled = looks.map(({ difference, variance }) => ({
        difference: difference * unit,
        variance: variance * unit ** 2,
      }));
      const [one, other] = [
        p(mixtureRatioPath(looks, { mixingVariance: 0.01 })),
        p(mixtureRatioPath(scaled, { mixingVariance: 0.01 * unit ** 2 })),
      ];
      one.forEach((value, index) => expect(other[index]! / value).toBeCloseTo(1, 6));
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('a look without spread has a status and does not end the path', () => {
  const path = [
    { difference: 0.5, variance: 0.01 },
    { difference: 0, variance: 0 },
    { difference: 0.1, variance: 0 },
    { difference: 0, variance: 0.01 },
  ];
  const found = mixtureRatioPath(path, { mixingVariance: 0.1 });
  expect(found.map(({ status }) => status)).toEqual(['ok', 'no-variation', 'undefined', 'ok']);
  expect(okay(found[3]!).pValue).toBe(okay(found[0]!).pValue);
});

test('with τ² in proportion to the variance of one unit it is the confidence sequence', () => {
  const [control, treatment] = [share(3_000, 300), share(2_000, 260)];
  const sequence = okay(alwaysValidCompare(control, treatment));
  const twice = -2 * Math.log(0.05);
  const mixingVariance = (sequence.standardError ** 2 * 5_000 * (twice + Math.log1p(twice))) / 5_000;
  const found = okay(mixtureRatioCompare(control, treatment, { mixingVariance }));
  expect(found.pValue).toBeCloseTo(sequence.pValue, 12);
  expect(found.effect.interval!.low).toBeCloseTo(sequence.effect.interval!.low!, 12);
});

test('on sums: the same as on their difference, with statuses where there is none', () => {
  const [control, treatment] = [share(3_000, 300), share(2_000, 260)];
  const found = okay(mixtureRatioCompare(control, treatment, { mixingVariance: 1e-4, difference: 'relative' }));
  const estimate = { difference: found.effect.value, variance: found.standardError ** 2 };
  expect(okay(mixtureRatioTest(estimate, { mixingVariance: 1e-4 })).pValue).toBeCloseTo(found.pValue, 12);
  expect(found).toMatchObject({ n: [3_000, 2_000], effect: { name: 'relative lift' } });
  expect(mixtureRatioCompare(share(50, 5), treatment, { mixingVariance: 1e-4 }).status).toBe('insufficient-data');
  expect(mixtureRatioCompare(share(500, 0), share(500, 0), { mixingVariance: 1 }).status).toBe('no-variation');
});

test('far out nothing is NaN, 0 or infinite', () => {
  for (const [difference, variance, mixingVariance] of [
    [1e300, 1e-300, 1],
    [1e-300, 1e300, 1e-300],
    [1, 1, 1e300],
    [0, 1e-320, 1e300],
  ] as const) {
    const found = okay(mixtureRatioTest({ difference, variance }, { mixingVariance }));
    const { low, high } = found.effect.interval!;
    expect([found.statistic, found.log10PValue, low ?? 0, high ?? 0].every(Number.isFinite)).toBe(true);
    expect(found.pValue).toBeGreaterThan(0);
  }
});

test.each<[string, number, number, Record<string, number>]>([
  ['difference is NaN', Number.NaN, 1, {}],
  ['variance is -1', 0, -1, {}],
  ['variance is Infinity', 0, Infinity, {}],
  ['mixingVariance is 0', 0, 1, { mixingVariance: 0 }],
  ['alpha is 0', 0, 1, { alpha: 0 }],
  ['previousP is -1', 0, 1, { previousP: -1 }],
])('%s', (message, difference, variance, change) => {
  expect(() => mixtureRatioTest({ difference, variance }, { mixingVariance: 1, ...change })).toThrow(message);
});
