import { droppedNote, finiteValues, requireOneOf, requireShare } from '../arguments';
import { deLongError } from '../performance/auroc';
import { orderedScores } from '../performance/ordered-scores';
import { noResult } from '../result';
import type { Alternative, Interval, NoResult, TestResult } from '../result';
import { exactLogP, exactWork } from './mann-whitney-exact';
import { ALTERNATIVES, criticalValue, logPOfZ, tailOf, tested } from './tails';

const METHOD = 'Mann-Whitney U';
/** Up to here, and without ties, p is exact when it is left to us; as scipy. */
const EXACT_LIMIT = 8;
/** Additions that an exact p may cost. */
const MOST_WORK = 3e8;

/** What may be asked of the test. */
export interface MannWhitneyOptions {
  /** `greater`: values of the second sample tend to be larger. */
  readonly alternative?: Alternative;
  /** `auto`: exact without ties where a side has at most 8 values. */
  readonly method?: 'auto' | 'exact' | 'asymptotic';
  /** Continuity correction of the asymptotic p; on by default. */
  readonly continuity?: boolean;
  readonly alpha?: number;
}

/** The answer; the effect is the probability that a value of the second is larger, ties counted half. */
export type MannWhitneyResult =
  | (TestResult & {
      /** Pairs in which the first, and in which the second is larger, ties counted half. */
      readonly u: readonly [number, number];
    })
  | NoResult<'insufficient-data' | 'no-variation'>;

/**
 * Whether values of one sample tend to be larger than those of another, by ranks: no mean, no normality. A million
 * values a side are bucketed, not sorted.
 * @param first missing and infinite values are left out and counted
 * @param second the sample the alternative speaks about
 * @throws TypeError on a value that is neither a number nor missing; RangeError on an exact p for too many values
 * @see Mann, Whitney (1947); scipy.stats.mannwhitneyu with first and second exchanged; DeLong et al. (1988) and Qin,
 *   Hotilovac (2008) for the interval
 * @example mannWhitney([1, 2, 3], [4, 5, 6]) // { statistic: 9, pValue: 0.1, effect: { value: 1 } }
 */
export function mannWhitney(
  first: ArrayLike<number | null | undefined>,
  second: ArrayLike<number | null | undefined>,
  options: MannWhitneyOptions = {},
): MannWhitneyResult {
  const { alternative = 'two-sided', method = 'auto', continuity = true, alpha = 0.05 } = options;
  requireOneOf('alternative', alternative, ALTERNATIVES);
  requireOneOf('method', method, ['auto', 'exact', 'asymptotic']);
  requireShare('alpha', alpha);
  const [a, b] = [finiteValues('first', first), finiteValues('second', second)];
  const n = [a.values.length, b.values.length] as const;
  const notes = droppedNote(a.dropped + b.dropped);
  if (n[0] === 0 || n[1] === 0)
    return noResult('insufficient-data', METHOD, n, `${n[0]} and ${n[1]} values: each side needs at least one`, notes);
  const { u, tieSum, deviation } = ranked(a.values, b.values);
  const all = n[0] + n[1];
  // Equal values everywhere leave exactly nothing: (N³ − N)/(N(N − 1)) is N + 1.
  const variance = tieSum >= all ** 3 - all ? 0 : (n[0] * n[1] * (all + 1 - tieSum / (all * (all - 1)))) / 12;
  if (variance <= 0) return noResult('no-variation', METHOD, n, 'every value on both sides is the same', notes);
  const affordable = exactWork(n[0], n[1]) <= MOST_WORK;
  if (method === 'exact' && !affordable)
    throw new RangeError(`method is "exact" for ${n.join(' and ')} values: expected fewer, or "asymptotic"`);
  const small = tieSum === 0 && Math.min(...n) <= EXACT_LIMIT && affordable;
  const exact = method === 'exact' || (method === 'auto' && small);
  const half = (n[0] * n[1]) / 2;
  const sides = alternative === 'two-sided' ? 2 : 1;
  const towards = sides === 2 ? Math.abs(u - half) : alternative === 'greater' ? u - half : half - u;
  const z = (towards - (continuity ? 0.5 : 0)) / Math.sqrt(variance);
  const logP = exact
    ? exactLogP(n[0], n[1], half + towards, sides)
    : Math.min(0, logPOfZ(z, 'greater') + (sides === 2 ? Math.LN2 : 0));
  const value = u / (n[0] * n[1]);
  const interval = intervalOf(value, deviation, Math.min(...n), alternative, alpha);
  const ties = { name: 'no ties', holds: tieSum === 0, detail: tieSum === 0 ? 'none' : 'ties make p conservative' };
  return {
    ...tested({
      method: `${METHOD}, p ${exact ? 'exact' : 'asymptotic'}`,
      alternative,
      statistic: u,
      logP,
      n,
      effect: { name: 'probability of superiority', value, interval },
      threshold: alpha,
      assumptions: exact ? [ties] : [],
      notes: interval === null ? [...notes, 'one value on a side: no interval'] : notes,
    }),
    u: [n[0] * n[1] - u, u],
  };
}

/** How often a value of the second beats one of the first, ties half; Σ (t³ − t) over groups of ties; and DeLong's error. */
function ranked(first: Float64Array, second: Float64Array) {
  const values = new Float64Array(first.length + second.length);
  values.set(first);
  values.set(second, first.length);
  const isSecond = new Uint8Array(values.length).fill(1, first.length);
  const steps = orderedScores(isSecond, values);
  let [u, below, tieSum] = [0, 0, 0];
  for (let step = 0; step < steps.size; step += 1) {
    const [inSecond, inFirst] = [steps.positives[step]!, steps.negatives[step]!];
    u += inSecond * (below + inFirst / 2);
    below += inFirst;
    const tied = inFirst + inSecond;
    tieSum += tied ** 3 - tied;
  }
  return { u, tieSum, deviation: deLongError(steps, u / first.length / second.length, second.length, first.length) };
}

/** On the logit scale, where it stays within (0, 1); without overlap that of no miss among the smaller side. */
function intervalOf(
  value: number,
  deviation: number,
  least: number,
  alternative: Alternative,
  alpha: number,
): Interval | null {
  const tail = tailOf(alpha, alternative);
  const ends = (low: number, high: number, method: string): Interval => ({
    low: alternative === 'less' ? null : low,
    high: alternative === 'greater' ? null : high,
    level: 1 - alpha,
    method,
  });
  const noMiss = tail ** (1 / least);
  if (value === 1) return ends(noMiss, 1, 'clopper-pearson');
  if (value === 0) return ends(0, 1 - noMiss, 'clopper-pearson');
  if (!(deviation > 0)) return null;
  const reach = (criticalValue(tail, null) * deviation) / (value * (1 - value));
  const at = (shift: number) => 1 / (1 + ((1 - value) / value) * Math.exp(-shift));
  return ends(at(-reach), at(reach), 'delong, logit');
}
