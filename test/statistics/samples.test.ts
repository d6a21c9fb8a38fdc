import {
  chiSquareLogSurvival,
  chiSquareSampleRatio,
  sampleSizeTwoProportions,
  sequentialSampleRatio,
} from '../../src/statistics';
import { seeded } from '../support/streams';
import { casesOf, expectClose } from '../support/vectors';

describe('sample ratio', () => {
  test.each(casesOf('srm', 'srm'))('matches scipy chisquare: %s', (_, entry) => {
    const total = (entry.input.expectedRatios as number[]).reduce((sum, ratio) => sum + ratio, 0);
    const weights = (entry.input.expectedRatios as number[]).map((ratio) => ratio / total);
    const result = chiSquareSampleRatio(entry.input.observed, weights);
    expectClose(result.statistic, entry.expected.statistic, entry);
    expectClose(result.pValue, entry.expected.p, entry);
  });

  test.each(casesOf('distributions', 'chi2'))('matches scipy.stats.chi2.sf: %s', (_, entry) => {
    expectClose(Math.exp(chiSquareLogSurvival(entry.input.x, entry.input.df)), entry.expected.sf, entry);
  });

  test.each([
    [[600, 400], [0.5, 0.5], 9.675061953898252],
    [[150, 0], [0.5, 0.5], 9.749209419428428],
    [[300, 100, 620], [0.3, 0.1, 0.6], -0.6309406657278033],
    [[1e6, 1], [0.5, 0.5], 689532.2464945993],
  ])('%j against %j has the odds of mpmath, and a log p that is finite', (counts, weights, logOdds) => {
    const result = sequentialSampleRatio(counts, weights);
    expect(Math.abs(result.statistic - logOdds)).toBeLessThan(1e-8);
    expect(result.log10PValue).toBeCloseTo(Math.min(0, -logOdds / Math.LN10), 6);
  });

  test.each([
    [[5], [1]],
    [
      [5, 5],
      [1, 0],
    ],
    [[5, 5], [0.5]],
    [
      [5, 5],
      [0.5, 0.6],
    ],
  ])('%j against %j is no plan', (counts, weights) => {
    const invalid = { status: 'invalid-plan', pValue: 1, log10PValue: 0 };
    expect(sequentialSampleRatio(counts, weights)).toMatchObject(invalid);
    expect(chiSquareSampleRatio(counts, weights)).toMatchObject(invalid);
  });

  test('a fair split may be looked at every day, a broken one is found out', () => {
    const random = seeded(3);
    const daily = (share: number) => {
      const counts = [0, 0];
      let p = 1;
      for (let day = 0; day < 60; day += 1) {
        for (let row = 0; row < 100; row += 1) counts[random() < share ? 0 : 1]! += 1;
        p = sequentialSampleRatio(counts, [0.5, 0.5], p).pValue;
      }
      return p;
    };
    const alarms = Array.from({ length: 200 }, () => daily(0.5)).filter((p) => p < 0.001).length;
    expect(alarms).toBeLessThanOrEqual(2);
    expect(daily(0.6)).toBeLessThan(0.001);
  });

  test('nothing seen says nothing', () => {
    expect(sequentialSampleRatio([0, 0], [0.5, 0.5], 0.4)).toMatchObject({ status: 'no-data', pValue: 0.4 });
  });

  test('all rows in one arm are an alarm', () => {
    expect(sequentialSampleRatio([150, 0], [0.5, 0.5]).pValue).toBeLessThan(0.001);
  });
});

describe('sample size', () => {
  const cases = casesOf('samplesize', 'sampleSizeTwoProportions').filter(
    ([name, { args }]) => args.ratio === 1 && args.sides === 2 && !name.includes('Bonferroni'),
  );

  test.each(cases)("matches Fleiss' formula: %s", (_, entry) => {
    const { baseline, mdeAbsolute } = entry.input;
    const { alpha, power } = entry.args;
    const plan = { baseline, minimumDetectableEffect: mdeAbsolute, alpha, power };
    expect(sampleSizeTwoProportions(plan)).toMatchObject({ status: 'ok', perArm: entry.expected.fleissPooled_ceil });
  });

  test.each([
    [{ baseline: 0.98, minimumDetectableEffect: 0.05 }],
    [{ baseline: 0, minimumDetectableEffect: 0.05 }],
    [{ baseline: 0.5, minimumDetectableEffect: 0 }],
  ])('%j is unreachable', (plan) => {
    expect(sampleSizeTwoProportions({ ...plan, alpha: 0.05, power: 0.8 }).status).toBe('unreachable');
  });

  test.each([
    [0, 0.8],
    [0.05, 1],
    [0.05, 0.01],
    [Number.NaN, 0.8],
  ])('alpha %d with power %d is unreachable, never a throw', (alpha, power) => {
    const plan = { baseline: 0.1, minimumDetectableEffect: 0.02, alpha, power };
    expect(sampleSizeTwoProportions(plan).status).toBe('unreachable');
    expect(sampleSizeTwoProportions({ ...plan, alpha: 0.05, power: 0.8, minimumDetectableEffect: 1e-300 }).status).toBe(
      'unreachable',
    );
  });
});
