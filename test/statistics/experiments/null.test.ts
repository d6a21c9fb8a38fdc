/** Where there is no difference p is uniform: a test that promises 5 % false alarms has 5 % at every α. */
import { seeded } from '../../../src/cli/random';
import {
  adjustedMeanOf,
  chiSquareSampleRatio,
  compareArms,
  mannWhitney,
  meanOf,
  nonInferiority,
  ratioOf,
  studentTest,
  twoProportionZTest,
} from '../../../src/statistics/experiments';
import { distanceFromUniform, normals, ok } from './samples';

const RUNS = 700;
/** Kolmogorov's critical value at 1e-4: seeds are fixed, so a failure is a finding. */
const BOUND = 2.226 / Math.sqrt(RUNS);

/** So many standard errors of a share among the runs. */
const errors = (count: number, share: number) => count * Math.sqrt((share * (1 - share)) / RUNS);

const random = normals(41);
const uniform = seeded(43);
const sample = (n: number, make: () => number = random) => Array.from({ length: n }, make);

/** A metric that goes with its covariate, arm by arm. */
const adjusted = (n: number) => {
  const covariate = sample(n);
  return adjustedMeanOf(
    covariate.map((value) => value + random()),
    covariate,
  );
};
/** Clicks of views, users with many and with few. */
const ratio = (n: number) => {
  const views = sample(n, () => 1 + Math.floor(20 * uniform()));
  const clicks = views.map((count) => Math.floor(count * uniform() * 0.4));
  return ratioOf(clicks, views);
};
const successes = (n: number) => ({
  n,
  successes: sample(n, () => (uniform() < 0.4 ? 1 : 0)).reduce((a, b) => a + b, 0),
});

test.each<[string, () => number]>([
  [
    'Welch, unequal sizes and spreads',
    () => ok(compareArms(meanOf(sample(12)), meanOf(sample(30, () => 3 * random())))).pValue,
  ],
  ['Student', () => ok(studentTest(meanOf(sample(5)), meanOf(sample(9)))).pValue],
  ['one-sided', () => ok(compareArms(meanOf(sample(20)), meanOf(sample(20)), { alternative: 'less' })).pValue],
  [
    'relative lift',
    () =>
      ok(
        compareArms(meanOf(sample(80, () => 10 + random())), meanOf(sample(60, () => 10 + random())), {
          difference: 'relative',
        }),
      ).pValue,
  ],
  ['CUPED', () => ok(compareArms(adjusted(60), adjusted(50))).pValue],
  ['ratio', () => ok(compareArms(ratio(80), ratio(100))).pValue],
  [
    'non-inferiority at its margin',
    () =>
      ok(
        nonInferiority(meanOf(sample(30)), meanOf(sample(30, () => random() - 0.5)), {
          margin: 0.5,
          direction: 'higher-is-better',
        }),
      ).pValue,
  ],
  ['Mann-Whitney, many values', () => ok(mannWhitney(sample(60), sample(50), { continuity: false })).pValue],
])('%s: p is uniform', (_name, p) => {
  expect(distanceFromUniform(Array.from({ length: RUNS }, p))).toBeLessThan(BOUND);
});

test.each<[string, () => number]>([
  ['two proportions', () => ok(twoProportionZTest(successes(300), successes(250))).pValue],
  [
    'sample ratio',
    () => {
      const first = successes(1_000).successes;
      return ok(chiSquareSampleRatio([first, 1_000 - first], [0.4, 0.6])).pValue;
    },
  ],
])('%s: p is uniform but for the steps of counts', (_name, p) => {
  // A step is as high as the likeliest count: about .05 here.
  const pValues = Array.from({ length: RUNS }, p);
  expect(distanceFromUniform(pValues)).toBeLessThan(BOUND + 0.06);
  for (const alpha of [0.01, 0.05, 0.2])
    expect(Math.abs(pValues.filter((value) => value < alpha).length / RUNS - alpha)).toBeLessThan(errors(4, alpha));
});

test('Mann-Whitney, exact: p is never smaller than it says', () => {
  const pValues = Array.from({ length: RUNS }, () => ok(mannWhitney(sample(5), sample(6))).pValue);
  for (const alpha of [0.01, 0.05, 0.1, 0.3]) {
    const share = pValues.filter((value) => value <= alpha).length / RUNS;
    expect(share).toBeLessThan(alpha + errors(4, alpha));
  }
});

test('the judge of uniformity finds what is not uniform', () => {
  expect(distanceFromUniform(Array.from({ length: RUNS }, () => uniform() ** 1.5))).toBeGreaterThan(BOUND);
});
