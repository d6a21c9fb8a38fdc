import { binomial } from '../../statistics';

/** Two models on the same rows. */
export interface PairedTest {
  /** Labelled rows. */
  readonly n: number;
  /** Rows that only the challenger had right, and rows that only the champion had. */
  readonly challengerOnly: number;
  readonly championOnly: number;
  /** Two-sided; 1 where they never differ. */
  readonly pValue: number;
}

/**
 * The exact McNemar test: where two models differ on the same rows, is one right more often? Two-sided binomial, so
 * never above α for independent rows, whatever their number.
 * @see McNemar (1947), "Note on the sampling error of the difference between correlated proportions"
 * @example compareOnSameRows([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]).pValue // 0.0625
 */
export function compareOnSameRows(
  challenger: ArrayLike<number>,
  champion: ArrayLike<number>,
  labels: ArrayLike<number>,
): PairedTest {
  let [challengerOnly, championOnly] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const [a, b] = [challenger[row] === labels[row], champion[row] === labels[row]];
    if (a && !b) challengerOnly += 1;
    if (b && !a) championOnly += 1;
  }
  const differing = challengerOnly + championOnly;
  const tail = binomial(differing, 0.5).cdf(Math.min(challengerOnly, championOnly));
  return { n: labels.length, challengerOnly, championOnly, pValue: Math.min(1, 2 * tail) };
}
