import { chiSquareSampleRatio, sampleSizeTwoProportions, sequentialSampleRatio } from '../../src/statistics';
import { seeded } from '../support/streams';
import { casesOf, expectClose } from '../support/vectors';

describe('sample ratio', () => {
  const twoArms = casesOf('srm', 'srm').filter(([, { input }]) => input.observed.length === 2);

  test.each(twoArms)('matches scipy chisquare: %s', (_, entry) => {
    const total = (entry.input.expectedRatios as number[]).reduce((sum, ratio) => sum + ratio, 0);
    const [a, b] = (entry.input.expectedRatios as number[]).map((ratio) => ratio / total);
    expectClose(chiSquareSampleRatio(entry.input.observed, [a!, b!]).pValue, entry.expected.p, entry);
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
});
