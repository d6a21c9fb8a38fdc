/** GrowthBook's statistics as sums of ours, and where it gives no answer. */
import { compareArms } from '../../../src/statistics';
import type { MetricSums } from '../../../src/statistics';

/** Mean and Σ(x − mean)² of a part; a proportion's unit variance is p(1 − p), without n/(n − 1). */
function centred({ type, n, sum, sumSquares }: any): { readonly mean: number; readonly m2: number } {
  const mean = sum / n;
  return { mean, m2: type === 'proportion' ? mean * (1 - mean) * (n - 1) : sumSquares - sum * mean };
}

/** Two quantities of the same units: x is a covariate or denominator, y a metric or numerator. */
function pairs(kind: 'adjusted-mean' | 'ratio', x: any, y: any, { n, sumProducts }: any): MetricSums {
  const [{ mean: meanX, m2: m2X }, { mean: meanY, m2: m2Y }] = [centred({ n, ...x }), centred({ n, ...y })];
  const sums = { n, meanX, meanY, m2X, m2Y, cXY: sumProducts - n * meanX * meanY };
  return kind === 'ratio' ? { kind, ...sums } : { kind, ...sums };
}

/** An arm as GrowthBook describes it. */
export function gbSums(input: any): MetricSums {
  const raw = ({ n, sum, sumSquares }: any) => ({ n, sum, sumSquares });
  const { type, n, sumProducts } = input;
  const parts = type === 'cuped' ? [input.pre, input.post] : type === 'ratio' ? [input.den, input.num] : [];
  // Raw sums, as a query returns them, wherever they can say it.
  const mixed = parts.some((part) => part.type === 'proportion');
  if (type === 'proportion') return { kind: 'proportion', n, successes: input.sum };
  if (type === 'cuped') {
    if (mixed) return pairs('adjusted-mean', parts[0], parts[1], { n: n ?? input.post.n, sumProducts });
    return { kind: 'adjusted-mean', ...raw(input.post), covariate: raw(input.pre), sumProducts };
  }
  if (type === 'ratio') {
    if (mixed) return pairs('ratio', parts[0], parts[1], input);
    return { kind: 'ratio', n, numerator: raw(input.num), denominator: raw(input.den), sumProducts };
  }
  return { kind: 'mean', ...raw(input) };
}

/**
 * GrowthBook answers only where both arms vary, and its tests only where the control mean is not 0; ours answer
 * wherever the difference has a spread.
 * @param baseline whether a control mean of 0 is refused too
 */
export function gbRefusal(control: MetricSums, treatment: MetricSums, baseline: boolean) {
  const found = compareArms(control, treatment);
  const refused = (error: string) => ({ error, expected: 0, ci: [0, 0], upliftStd: 0 });
  if (found.status !== 'ok') return refused('ZERO_NEGATIVE_VARIANCE');
  const mean = (found.adjustment?.unadjustedMeans ?? found.means)[0];
  if (baseline && mean === 0) return refused('ZERO_NEGATIVE_BASELINE_VARIATION');
  return Math.min(...found.variances) <= 0 ? refused('ZERO_NEGATIVE_VARIANCE') : null;
}
