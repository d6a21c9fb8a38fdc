import fc from 'fast-check';
import { binaryPerformance, logLossSums } from '../../../src/statistics';
import { casesOf, expectClose } from '../../support/vectors';

fc.configureGlobal({ seed: 1 });

test.each(casesOf('metrics', 'binaryMetrics'))('matches scikit-learn: %s', (_, entry) => {
  const { labels, scores } = entry.input as { labels: number[]; scores: number[] };
  const threshold: number = entry.args.threshold ?? 0.5;
  const result = binaryPerformance(
    labels,
    scores.map((score) => (score >= threshold ? 1 : 0)),
    scores,
  );
  if (result.status !== 'ok') throw new Error('empty');
  expectClose(result.accuracy, entry.expected.accuracy, entry);
  // Whole nano-nats: half a nano of rounding a row.
  expect(Math.abs(result.logLoss! - entry.expected.logloss)).toBeLessThan(1e-9);
  if (typeof entry.expected.auc === 'number' && result.auroc.status === 'ok')
    expectClose(result.auroc.value, entry.expected.auc, entry);
});

test('no rows and one class are statuses; rows without a score count for accuracy alone', () => {
  expect(binaryPerformance([], [], []).status).toBe('empty');
  expect(binaryPerformance([1, 1], [1, 0], [0.9, 0.2])).toMatchObject({
    accuracy: 0.5,
    auroc: { status: 'one-class' },
  });
  const result = binaryPerformance([1, 0, 1], [1, 1, 1], [Number.NaN, 0.5, 0.5]);
  expect(result).toMatchObject({ n: 3, correct: 2, unscored: 1, auroc: { status: 'ok', value: 0.5 } });
  expect(result).toMatchObject({ lossNanoNats: 2 * Math.round(Math.LN2 * 1e9), logLoss: 0.693147181 });
  const withNull = binaryPerformance([1, 0], [1, 0], [null as unknown as number, 0.5]);
  expect(withNull).toMatchObject({ unscored: 1, lossNanoNats: Math.round(Math.LN2 * 1e9) });
});

test('certain and wrong costs what scikit-learn charges', () => {
  expect(logLossSums([1], [0]).sum).toBe(Math.round(-Math.log(2.220446049250313e-16) * 1e9));
});

test('a sum of losses does not depend on the order of its rows', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(rows, (given) => {
      const sum = (order: typeof given) =>
        logLossSums(
          order.map(([label]) => label),
          order.map(([, score]) => score),
        ).sum;
      return sum(given) === sum([...given].reverse());
    }),
  );
});

test('unequal lengths and labels that are none are refused', () => {
  expect(() => binaryPerformance([1, 0], [1], [0.5, 0.5])).toThrow('predictions has 1 values and labels has 2');
  expect(() => binaryPerformance([1, 0], [1, 0], [0.5])).toThrow('scores has 1 values and labels has 2');
  expect(() => binaryPerformance([1, 2], [1, 0], [0.5, 0.5])).toThrow('labels[1] is 2: expected 0 or 1');
  expect(() => logLossSums([1], [])).toThrow('scores has 0 values and labels has 1');
});
