import fc from 'fast-check';
import {
  coefficientOfDetermination,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanBias,
  meanSquaredError,
  rootMeanSquaredError,
} from '../../../src/statistics';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';
import { ACTUAL, PREDICTED } from './sample';

fc.configureGlobal({ seed: 1 });

const MEASURES = {
  mse: meanSquaredError,
  rmse: rootMeanSquaredError,
  mae: meanAbsoluteError,
  r2: coefficientOfDetermination,
  mape: meanAbsolutePercentageError,
  bias: meanBias,
};

test.each(casesOf('metrics', 'regressionMetrics'))('matches scikit-learn: %s', (_, entry) => {
  for (const [name, measure] of Object.entries(MEASURES))
    expectClose(ok(measure(entry.input.actual, entry.input.predicted)).value, entry.expected[name], entry);
});

test('intervals: Student’s of the means, roots of the squared error’s, the delta method for R²', () => {
  const ends = (found: { interval: { low: number | null; high: number | null } | null }) => [
    found.interval?.low,
    found.interval?.high,
  ];
  const close = (...values: number[]) => values.map((value) => expect.closeTo(value, 11));
  // scipy and numpy
  expect(ends(ok(meanSquaredError(ACTUAL, PREDICTED)))).toEqual(close(0.08457562130756352, 0.6354243786924367));
  expect(ends(ok(rootMeanSquaredError(ACTUAL, PREDICTED)))).toEqual(
    close(Math.sqrt(0.08457562130756352), Math.sqrt(0.6354243786924367)),
  );
  expect(ends(ok(meanAbsoluteError(ACTUAL, PREDICTED, { alpha: 0.1 })))).toEqual(
    close(0.3889561041465196, 0.7443772291868141),
  );
  expect(ends(ok(coefficientOfDetermination(ACTUAL, PREDICTED)))).toEqual(
    close(0.8859645867575547, 0.9628664878764106),
  );
  expect(ok(coefficientOfDetermination(ACTUAL, PREDICTED)).value).toBeCloseTo(0.9349266921068488, 12);
});

test('directions are declared', () => {
  expect(ok(meanAbsoluteError(ACTUAL, PREDICTED)).direction).toBe('lower-is-better');
  expect(ok(coefficientOfDetermination(ACTUAL, PREDICTED)).direction).toBe('higher-is-better');
  expect(ok(meanBias(ACTUAL, PREDICTED)).direction).toBe('neither');
});

test('a percentage of 0 is left out, all of them are a status', () => {
  expect(ok(meanAbsolutePercentageError([0, 2, 4], [1, 3, 4]))).toMatchObject({
    value: 0.25,
    n: 2,
    notes: ['1 row with an actual value of 0 left out'],
  });
  expect(meanAbsolutePercentageError([0, 0], [1, 2])).toMatchObject({ status: 'undefined', n: [2] });
});

test('R² without variation, with too few rows, without error', () => {
  expect(coefficientOfDetermination([5, 5, 5], [4, 5, 6])).toMatchObject({ status: 'no-variation' });
  expect(coefficientOfDetermination([5], [4])).toMatchObject({ status: 'insufficient-data', n: [1] });
  expect(coefficientOfDetermination([1, 2], [1, 3])).toMatchObject({
    interval: null,
    notes: ['fewer than three rows: no interval'],
  });
  expect(ok(coefficientOfDetermination([1, 2, 3], [1, 2, 3]))).toMatchObject({
    value: 1,
    interval: null,
    notes: ['every prediction is exact: no interval'],
  });
});

test('no rows, one row, huge values', () => {
  for (const measure of Object.values(MEASURES)) {
    expect(measure([], [])).toMatchObject({ status: 'insufficient-data' });
    expect(measure([null, NaN], [1, 2])).toMatchObject({
      status: 'insufficient-data',
      notes: [expect.stringMatching('2 pairs')],
    });
  }
  expect(ok(meanAbsoluteError([1], [3]))).toMatchObject({
    value: 2,
    interval: null,
    notes: ['one value: no interval'],
  });
  expect(meanSquaredError([1e200], [-1e200])).toMatchObject({ status: 'undefined' });
  expect(rootMeanSquaredError([1e200], [-1e200])).toMatchObject({
    status: 'undefined',
    method: 'root mean squared error',
  });
  expect(coefficientOfDetermination([1e200, -1e200, 0], [0, 0, 0])).toMatchObject({ status: 'undefined' });
});

test('shifting moves only the bias, scaling scales, order does not matter', () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 }), (rows) => {
      const actual = rows.map(([a]) => a);
      const predicted = rows.map(([, b]) => b);
      const of = (measure: typeof meanBias, a = actual, b = predicted) => ok(measure(a, b)).value;
      const shifted = actual.map((x) => x - 1);
      expect(of(meanBias, shifted)).toBeCloseTo(of(meanBias) + 1, 9);
      const double = (values: number[]) => values.map((x) => 2 * x);
      expect(of(rootMeanSquaredError, double(actual), double(predicted))).toBeCloseTo(2 * of(rootMeanSquaredError), 9);
      expect(of(meanAbsoluteError)).toBeLessThanOrEqual(of(rootMeanSquaredError) + 1e-9);
      expect(of(meanSquaredError)).toBeCloseTo(of(rootMeanSquaredError) ** 2, 6);
      expect(of(meanAbsoluteError, [...actual].reverse(), [...predicted].reverse())).toBeCloseTo(
        of(meanAbsoluteError),
        9,
      );
    }),
  );
});

test('refusals', () => {
  for (const measure of Object.values(MEASURES)) {
    expect(() => measure([1, 2], [1])).toThrow('predicted has 1 values and actual has 2: expected one length');
    expect(() => measure([1], [1], { alpha: 0 })).toThrow('alpha is 0');
    expect(() => measure(['1' as never], [1])).toThrow('actual[0] is "1": expected a number or null');
  }
});
