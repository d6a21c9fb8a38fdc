import type { CostPolicy } from '../../contracts';

/**
 * What answers were worth, in the currency of the policy.
 * @param answers and labels are 0 or 1, row by row
 * @example valueOf({ currency: 'EUR', perCorrect: 2 }, [1, 0, 1], [1, 1, 1]) // 4
 */
export function valueOf(cost: CostPolicy, answers: ArrayLike<number>, labels: ArrayLike<number>): number {
  const cells = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  for (let row = 0; row < labels.length; row += 1) {
    const right = answers[row] === labels[row];
    if (answers[row] === 1) cells[right ? 'truePositive' : 'falsePositive'] += 1;
    else cells[right ? 'trueNegative' : 'falseNegative'] += 1;
  }
  if ('perCorrect' in cost) return cost.perCorrect * (cells.truePositive + cells.trueNegative);
  const { matrix } = cost;
  return (
    cells.truePositive * matrix.truePositive +
    cells.falsePositive * matrix.falsePositive +
    cells.falseNegative * matrix.falseNegative +
    cells.trueNegative * matrix.trueNegative
  );
}
