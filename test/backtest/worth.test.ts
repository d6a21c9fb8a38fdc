import { valueOf } from '../../src/cli/backtest/worth';

const answers = [1, 1, 0, 0, 0];
const labels = [1, 0, 1, 0, 0];

test('a price per right answer counts right answers', () => {
  expect(valueOf({ currency: 'EUR', perCorrect: 2 }, answers, labels)).toBe(6);
});

test('a matrix counts each cell at its own price', () => {
  const matrix = { truePositive: 100, falsePositive: -10, falseNegative: -1, trueNegative: 0.5 };
  expect(valueOf({ currency: 'EUR', matrix }, answers, labels)).toBe(100 - 10 - 1 + 2 * 0.5);
});

test('no rows are worth nothing', () => {
  expect(valueOf({ currency: 'EUR', perCorrect: 2 }, [], [])).toBe(0);
});
