import { requireSameLength } from '../arguments';
import { momentsOf } from '../describe';
import { binomial } from '../distributions/binomial';
import { lossOf } from '../performance/probability';
import { logPOfZ } from './tails';

/** Two models on the same rows, by which of them is right. */
export interface McNemarResult {
  /** Rows. */
  readonly n: number;
  /** Rows that only the treatment had right, and rows that only the control had. */
  readonly treatmentOnly: number;
  readonly controlOnly: number;
  /** Two-sided; 1 where they never differ. */
  readonly pValue: number;
  /** One-sided: the chance of so many rows for the treatment if there were no difference. */
  readonly pGreater: number;
}

/**
 * The exact McNemar test: where two models differ on the same rows, is one right more often? Binomial, so never above
 * α for independent rows, whatever their number.
 * @param labels what is right
 * @throws RangeError on unequal lengths
 * @see McNemar (1947), "Note on the sampling error of the difference between correlated proportions"
 * @example mcnemarTest([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]) // { treatmentOnly: 5, controlOnly: 0, pValue: 0.0625, pGreater: 0.03125 }
 */
export function mcnemarTest(
  labels: ArrayLike<number>,
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
): McNemarResult {
  requireSameLength('labels', labels, 'control', control);
  requireSameLength('labels', labels, 'treatment', treatment);
  let [treatmentOnly, controlOnly] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const [a, b] = [control[row] === labels[row], treatment[row] === labels[row]];
    if (b && !a) treatmentOnly += 1;
    if (a && !b) controlOnly += 1;
  }
  // By symmetry the upper tail from the one count is the lower tail up to the other.
  const law = binomial(treatmentOnly + controlOnly, 0.5);
  const pValue = Math.min(1, 2 * law.cdf(Math.min(treatmentOnly, controlOnly)));
  return { n: labels.length, treatmentOnly, controlOnly, pValue, pGreater: law.cdf(controlOnly) };
}

/** Paired differences as a mean and its z. */
export interface PairedMeanResult {
  /** Pairs. */
  readonly n: number;
  readonly mean: number | null;
  /** The mean in standard errors; null for fewer than two pairs or where they all differ alike. */
  readonly z: number | null;
}

/**
 * The mean of paired differences over its standard error, s/√n.
 * @param differences one for each pair; what is no finite number is left out
 * @example pairedMeanTest([1, 2, 3, 2]) // { n: 4, mean: 2, z: 4.8989795 }
 */
export function pairedMeanTest(differences: ArrayLike<number>): PairedMeanResult {
  const { n, mean, m2 } = momentsOf(differences);
  const z = n < 2 || m2 === null || m2 === 0 ? null : mean / Math.sqrt(m2 / (n - 1) / n);
  return { n, mean: n === 0 ? null : mean, z };
}

/** Two models on the same rows, by what each row costs. */
export interface PairedLossResult {
  /** Rows. */
  readonly n: number;
  /** Mean log loss that the treatment saves per row, in nats. */
  readonly saved: number | null;
  /** One-sided, by a normal mean of the differences; null for fewer than two rows or where no row differs. */
  readonly pGreater: number | null;
}

/**
 * Whether the treatment's log loss is smaller on the same rows: z of the mean difference per row.
 * @param labels 0 or 1
 * @param control probability of label 1 by the control, for each row
 * @throws RangeError on unequal lengths
 * @see Diebold, Mariano (1995), "Comparing predictive accuracy", without autocorrelation
 * @example pairedLossTest([1, 0, 1, 0], [0.6, 0.4, 0.5, 0.5], [0.9, 0.1, 0.6, 0.3]).saved // 0.332431
 */
export function pairedLossTest(
  labels: ArrayLike<number>,
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
): PairedLossResult {
  requireSameLength('labels', labels, 'control', control);
  requireSameLength('labels', labels, 'treatment', treatment);
  const saved = Float64Array.from(
    labels,
    (label, row) => lossOf(label, control[row]!) - lossOf(label, treatment[row]!),
  );
  const { n, mean, z } = pairedMeanTest(saved);
  return { n, saved: mean, pGreater: z === null ? null : Math.exp(logPOfZ(z, 'greater')) };
}
