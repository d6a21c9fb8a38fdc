import fc from 'fast-check';
import { areaUnderRoc } from '../../../src/statistics/performance/auroc';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';

/** Σ over all pairs, and DeLong's error from each row's mean over the other class. */
function paired(labels: readonly number[], scores: readonly number[]) {
  const of = (label: number) => scores.filter((_, row) => labels[row] === label);
  const [ones, zeros] = [of(1), of(0)];
  const wins = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const placedOnes = ones.map((x) => mean(zeros.map((y) => wins(x, y))));
  const placedZeros = zeros.map((y) => mean(ones.map((x) => wins(x, y))));
  const part = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
  return { area: mean(placedOnes), error: Math.sqrt(part(placedOnes) + part(placedZeros)) };
}

test.each(casesOf('metrics', 'binaryMetrics').filter(([, { expected }]) => typeof expected.auc === 'number'))(
  'matches scikit-learn: %s',
  (_, entry) => expectClose(ok(areaUnderRoc(entry.input.labels, entry.input.scores)).value, entry.expected.auc, entry),
);

test.each([
  // numpy: mean of the pairs, variances of the placements, delta method on the logit with scipy's normal quantile
  [
    [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1],
    [0.9, 0.8, 0.7, 0.7, 0.7, 0.3, 0.55, 0.55, 0.4, 0.2, 0.1, 0.95],
    [0.7638888888888888, 0.14566789557918772, 0.39919430200341965, 0.9403110041074658],
  ],
  [
    [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    [3, 3, 2, 2, 1, 3, 2, 2, 1, 1, 1, 1],
    [0.7142857142857143, 0.15485345277627716, 0.3610304491105543, 0.9170919794231936],
  ],
])('DeLong, with ties: %p', (labels, scores, [area, error, low, high]) => {
  const found = ok(areaUnderRoc(labels, scores));
  expect(found.value).toBeCloseTo(area!, 13);
  expect(found.standardError).toBeCloseTo(error!, 13);
  expect(found.interval).toMatchObject({ level: 0.95, method: 'delong, logit' });
  expect(found.interval?.low).toBeCloseTo(low!, 12);
  expect(found.interval?.high).toBeCloseTo(high!, 12);
});

const rows = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 1),
      fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 4, noNaN: true })),
    ),
    {
      minLength: 4,
      maxLength: 60,
    },
  )
  .filter((pairs) => new Set(pairs.map(([label]) => label)).size === 2);

test('is the share of pairs won, ties half; turned scores or labels turn it', () => {
  fc.assert(
    fc.property(rows, (pairs) => {
      const [labels, scores] = [pairs.map(([label]) => label), pairs.map(([, score]) => score)];
      const { area, error } = paired(labels, scores);
      const found = ok(areaUnderRoc(labels, scores));
      expect(found.value).toBeCloseTo(area, 12);
      if (found.standardError !== null) expect(found.standardError).toBeCloseTo(error, 12);
      const turned = scores.map((score) => -score);
      expect(ok(areaUnderRoc(labels, turned)).value).toBeCloseTo(1 - area, 12);
      expect(ok(areaUnderRoc(labels.map((label) => 1 - label), scores)).value).toBeCloseTo(1 - area, 12); // prettier-ignore
      const stretched = scores.map((score) => 8 * score);
      expect(ok(areaUnderRoc(labels, stretched)).value).toBeCloseTo(area, 12);
      expect(ok(areaUnderRoc([...labels].reverse(), [...scores].reverse())).value).toBe(found.value);
      const { interval } = found;
      if (interval === null) return;
      expect(interval.low).toBeGreaterThanOrEqual(0);
      expect(interval.low).toBeLessThanOrEqual(found.value);
      expect(interval.high).toBeGreaterThanOrEqual(found.value);
      expect(interval.high).toBeLessThanOrEqual(1);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('classes that do not overlap: an interval of Clopper and Pearson, not of width 0', () => {
  // 1 − .025^(1/5) on the smaller class
  const [labels, scores] = [
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  ];
  const apart = ok(areaUnderRoc(labels, scores));
  expect(apart).toMatchObject({ value: 1, standardError: 0, interval: { high: 1, method: 'clopper-pearson' } });
  expect(apart.interval?.low).toBeCloseTo(0.025 ** (1 / 5), 10);
  const back = ok(areaUnderRoc(labels, scores.map((score) => -score))); // prettier-ignore
  expect(back.value).toBe(0);
  expect(back.interval?.high).toBeCloseTo(1 - 0.025 ** (1 / 5), 10);
});

test('where there is no answer, or no interval, it says why', () => {
  expect(areaUnderRoc([1, 1], [0.3, 0.4])).toMatchObject({ status: 'one-class', n: [0, 2] });
  expect(areaUnderRoc([], [])).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(areaUnderRoc([0, null, 1], [NaN, 1, null])).toMatchObject({
    status: 'insufficient-data',
    notes: ['3 pairs with a missing or infinite value left out'],
  });
  expect(areaUnderRoc([0, 1, 1], [1, 2, 3])).toMatchObject({
    value: 1,
    interval: null,
    standardError: null,
    notes: ['a single row of a class: no interval'],
  });
  expect(areaUnderRoc([0, 0, 1, 1], [2, 2, 2, 2])).toMatchObject({
    value: 0.5,
    interval: null,
    notes: ['all scores are equal: no interval'],
  });
});

test('wrong arguments are refused by name', () => {
  expect(() => areaUnderRoc([0, 2], [1, 1])).toThrow('labels[1] is 2');
  expect(() => areaUnderRoc([0, 1], [1])).toThrow('scores has 1 values');
  expect(() => areaUnderRoc([0, 1], [1, 2], { alpha: 0 })).toThrow('alpha is 0');
});
