import { twoMeanZTest, twoProportionZTest, wilsonInterval } from '../../src/statistics';
import { casesOf, expectClose } from '../support/vectors';

const at05 = (fn: string) => casesOf('proportions', fn).filter(([, { args }]) => args.alpha === 0.05);

test.each(casesOf('proportions', 'twoProportionZ'))('matches statsmodels proportions_ztest: %s', (_, entry) => {
  const result = twoProportionZTest(entry.input.control, entry.input.treatment);
  if (result.status !== 'ok') {
    expect(Number.isFinite(entry.expected.zPooled)).toBe(false);
    return;
  }
  expectClose(result.statistic, entry.expected.zPooled, entry);
  expectClose(result.pValue, entry.expected.pTwoSided, entry);
  expectClose(result.difference, entry.expected.diff, entry);
});

test.each(at05('twoProportionZ'))("matches statsmodels' Newcombe interval: %s", (_, entry) => {
  const result = twoProportionZTest(entry.input.control, entry.input.treatment);
  if (result.status !== 'ok') throw new Error(result.status);
  expectClose(result.interval[0], entry.expected.newcombeCI[0], entry);
  expectClose(result.interval[1], entry.expected.newcombeCI[1], entry);
});

test.each(at05('proportionCI'))("matches statsmodels' Wilson interval: %s", (_, entry) => {
  const [low, high] = wilsonInterval({ n: entry.input.n, successes: entry.input.successes });
  expectClose(low, entry.expected.wilson[0], entry);
  expectClose(high, entry.expected.wilson[1], entry);
});

test('an empty side and no variation are statuses, never NaN', () => {
  expect(twoProportionZTest({ n: 0, successes: 0 }, { n: 5, successes: 2 }).status).toBe('insufficient-data');
  expect(twoProportionZTest({ n: 5, successes: 5 }, { n: 9, successes: 9 })).toEqual({
    status: 'no-variation',
    statistic: 0,
    pValue: 1,
    log10PValue: 0,
    difference: 0,
    n: [5, 9],
  });
  expect(wilsonInterval({ n: 0, successes: 0 })).toEqual([0, 1]);
});

test('means are compared by their sums: worked by hand', () => {
  // 1,2,3,4 against 3,4,5,6: difference 2, variance 5/3 each, error √(2·5/12).
  const result = twoMeanZTest({ n: 4, sum: 10, sumSquares: 30 }, { n: 4, sum: 18, sumSquares: 86 });
  if (result.status !== 'ok') throw new Error(result.status);
  expect(result).toMatchObject({ difference: 2, intervalMethod: 'wald' });
  expect(result.statistic).toBeCloseTo(2 / Math.sqrt(5 / 6), 12);
  expect(twoMeanZTest({ n: 1, sum: 1, sumSquares: 1 }, { n: 4, sum: 18, sumSquares: 86 }).status).toBe(
    'insufficient-data',
  );
  expect(twoMeanZTest({ n: 2, sum: 2, sumSquares: 2 }, { n: 2, sum: 2, sumSquares: 2 }).status).toBe('no-variation');
  // Two constants that differ: p 1 would be wrong, p 0 unfounded.
  expect(twoMeanZTest({ n: 5, sum: 5, sumSquares: 5 }, { n: 5, sum: 10, sumSquares: 20 }).status).toBe(
    'insufficient-data',
  );
});
