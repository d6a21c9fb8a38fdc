import {
  adjustedMeanOf,
  detectableEffectForMetric,
  meanOf,
  powerForMetric,
  ratioOf,
  sampleSizeForMetric,
  sampleSizeTwoMeans,
} from '../../../src/statistics/experiments';
import { normals, ok } from './samples';

const random = normals(31);
const covariate = Array.from({ length: 3_000 }, () => 20 + 4 * random());
const metric = covariate.map((value) => 2 * value + 6 * random());

test('a metric is planned by its effect in standard deviations', () => {
  const found = ok(sampleSizeForMetric({ metric: { mean: 10, variance: 16 }, relativeEffect: 0.05 }));
  const plain = ok(sampleSizeTwoMeans({ effectSize: 0.125, formula: 'z' }));
  expect(found).toMatchObject({ exact: plain.exact, effect: { absolute: 0.5, relative: 0.05, standardised: 0.125 } });
  expect(ok(sampleSizeForMetric({ metric: { mean: 10, variance: 16 }, minimumDetectableEffect: 0.5 }))).toEqual(found);
  expect(ok(sampleSizeForMetric({ metric: { mean: 10, variance: 16 } }))).toEqual(found);
});

test('size, power and effect lead to each other', () => {
  for (const formula of ['t', 'z', 'z-closed'] as const) {
    const asked = { metric: { mean: -10, variance: 16 }, formula, ratio: 2, power: 0.9 } as const;
    const { exact } = ok(sampleSizeForMetric({ ...asked, relativeEffect: 0.03 }));
    expect(powerForMetric({ ...asked, relativeEffect: 0.03, n: exact }).power).toBeCloseTo(0.9, 8);
    const { effect } = ok(detectableEffectForMetric({ ...asked, n: exact }));
    expect(Math.abs(effect.absolute!)).toBeCloseTo(0.3, 8);
  }
});

test('a covariate saves the share of units that it explains; a ratio has the variance of the delta method', () => {
  const plain = ok(sampleSizeForMetric({ metric: meanOf(metric) }));
  const adjusted = ok(sampleSizeForMetric({ metric: adjustedMeanOf(metric, covariate) }));
  // ρ² = 64/(64 + 36)
  expect(adjusted.exact / plain.exact).toBeCloseTo(0.36, 1);
  const flat = metric.map(() => 1);
  expect(ok(sampleSizeForMetric({ metric: adjustedMeanOf(metric, flat) })).exact).toBeCloseTo(plain.exact, 6);
  expect(ok(sampleSizeForMetric({ metric: ratioOf(metric, flat) })).exact).toBeCloseTo(plain.exact, 6);
  expect(ok(sampleSizeForMetric({ metric: ratioOf(metric, covariate) })).exact).toBeLessThan(plain.exact);
});

test('metrics that cannot be planned are refused by name', () => {
  expect(() => sampleSizeForMetric({ metric: { mean: 1, variance: 0 } })).toThrow('metric.variance is 0');
  expect(() => sampleSizeForMetric({ metric: { mean: NaN, variance: 1 } })).toThrow('metric.mean is NaN');
  expect(() => sampleSizeForMetric({ metric: { mean: 0, variance: 1 } })).toThrow('metric has a mean of 0');
  expect(sampleSizeForMetric({ metric: { mean: 0, variance: 1 }, minimumDetectableEffect: 1 }).status).toBe('ok');
  expect(ok(detectableEffectForMetric({ metric: { mean: 0, variance: 1 }, n: 100 })).effect.relative).toBeNull();
  expect(() => sampleSizeForMetric({ metric: meanOf([1]) })).toThrow('metric.n is 1');
  expect(() => sampleSizeForMetric({ metric: meanOf([1, 1]) })).toThrow("metric's variance is 0");
  expect(() => powerForMetric({ metric: { mean: 1, variance: 1 }, n: 0 })).toThrow('n is 0');
});
