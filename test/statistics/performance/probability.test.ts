import fc from 'fast-check';
import { brierScore, logLoss, logLossSums } from '../../../src/statistics';
import { lossOf } from '../../../src/statistics/performance/probability';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';
import { LABELS, SCORES } from './sample';

fc.configureGlobal({ seed: 1 });

test.each(casesOf('metrics', 'binaryMetrics'))('matches scikit-learn: %s', (_, entry) => {
  expectClose(ok(logLoss(entry.input.labels, entry.input.scores)).value, entry.expected.logloss, entry);
  expectClose(ok(brierScore(entry.input.labels, entry.input.scores)).value, entry.expected.brier, entry);
});

test('certain and wrong costs what scikit-learn charges, certain and right all but nothing', () => {
  expect(ok(logLoss([1], [0])).value).toBeCloseTo(36.04365338911715, 12);
  expect(ok(logLoss([0], [1])).value).toBeCloseTo(36.04365338911715, 12);
  expect(lossOf(1, 1)).toBeCloseTo(2.22e-16, 17);
  expect(ok(brierScore([1, 0], [0, 0])).value).toBe(0.5);
});

test('the interval is Student’s, cut at what the metric can be', () => {
  const found = ok(brierScore(LABELS, SCORES));
  expect(found.value).toBeCloseTo(0.177, 12);
  expect(found.interval!.low).toBeGreaterThan(0);
  expect(ok(logLoss([0, 1], [0.4, 0.4])).interval!.low).toBe(0);
  expect(ok(brierScore([1], [0.3]))).toMatchObject({ interval: null, notes: ['one value: no interval'] });
  expect(ok(brierScore([1, 0], [0.5, 0.5])).notes).toEqual(['all 2 values are equal: the interval has no width']);
});

test('either is the mean of what shards say, and turning labels and scores over changes neither', () => {
  const rows = fc.array(
    fc.tuple(
      fc.constantFrom(0, 1),
      fc.integer({ min: 0, max: 64 }).map((part) => part / 64),
    ),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const [labels, scores] = [[...a, ...b].map(([label]) => label), [...a, ...b].map(([, score]) => score)];
      for (const measure of [logLoss, brierScore]) {
        const part = (given: typeof a) =>
          ok(
            measure(
              given.map(([label]) => label),
              given.map(([, score]) => score),
            ),
          );
        const [left, right] = [part(a), part(b)];
        const whole = ok(measure(labels, scores)).value;
        expect(whole).toBeCloseTo((left.value * left.n + right.value * right.n) / (left.n + right.n), 10);
        const turned = measure(
          labels.map((label) => 1 - label),
          scores.map((score) => 1 - score),
        );
        expect(ok(turned).value).toBeCloseTo(whole, 10);
      }
      // Whole nano-nats: half a nano of rounding a row.
      const { n, sum } = logLossSums(labels, scores);
      expect(Math.abs(sum / n / 1e9 - ok(logLoss(labels, scores)).value)).toBeLessThan(1e-9);
    }),
  );
});

test('statuses and refusals', () => {
  expect(logLoss([], [])).toMatchObject({ status: 'insufficient-data', method: 'log loss' });
  expect(brierScore([1, null], [NaN, 0.1])).toMatchObject({ status: 'insufficient-data', method: 'Brier score' });
  expect(() => logLoss([1], [1.01])).toThrow('scores[0] is 1.01');
  expect(() => brierScore([3], [0.1])).toThrow('labels[0] is 3');
  expect(() => logLoss([1], [0.1], { alpha: 2 })).toThrow('alpha is 2');
  expect(() => logLoss([1], [])).toThrow('expected one length');
});
