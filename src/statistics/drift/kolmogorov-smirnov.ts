import { droppedNote, finiteValues, requireOneOf, requireShare } from '../arguments';
import { noResult, reportedP } from '../result';
import type { Alternative, NoResult, TestResult } from '../result';
import { asymptoticLogP, exactLogP, limitLogP } from './kolmogorov-smirnov-p';
import { largestStep } from './largest-step';
import { PreparedSample } from './prepared-sample';

/** Samples up to this size get the exact p-value. */
const EXACT_LIMIT = 10_000;
/** Beyond so many cells of the lattice, a few seconds' work, no exact p is counted. */
const MOST_CELLS = 1e9;
const METHOD = 'two-sample Kolmogorov-Smirnov';

/** How p is computed: `limit` and `stephens` are Kolmogorov's law without and with a correction. */
export type KolmogorovSmirnovMethod = 'auto' | 'exact' | 'asymptotic' | 'limit' | 'stephens';

/** What may be asked of the test. */
export interface KolmogorovSmirnovOptions {
  /** `greater`: the first sample's distribution function is above the second's, so its values are smaller. */
  readonly alternative?: Alternative;
  /** `auto`: exact up to 10 000 rows a side, else asymptotic, as scipy; `exact` up to n·m = 10⁹. */
  readonly method?: KolmogorovSmirnovMethod;
  readonly alpha?: number;
}

/** What the test says; the effect is D. */
export type KolmogorovSmirnovResult =
  | (TestResult & {
      readonly pMethod: Exclude<KolmogorovSmirnovMethod, 'auto'>;
      /** Where the distributions lie farthest apart; of several such values the one that scipy names. */
      readonly location: number;
      /** 1 where the first sample's distribution function is above there. */
      readonly sign: 1 | -1;
      readonly dropped: number;
    })
  | (NoResult<'insufficient-data'> & { readonly dropped: number });

/**
 * Whether two samples come from one continuous distribution. D is exact whatever the size and is found without
 * sorting large samples; p is exact up to 10 000 rows a side, beyond that the one-sample law at the effective size.
 * @param x first sample, prepared or not; values that are missing or infinite are left out and counted
 * @param y second sample
 * @throws TypeError on what is no array of numbers, RangeError on an alpha outside (0, 1)
 * @see Hodges (1958), "The significance probability of the Smirnov two-sample test"
 * @see scipy.stats.ks_2samp, whose numbers it gives
 * @example twoSampleKolmogorovSmirnov([1, 2, 3], [4, 5, 6]) // { statistic: 1, pValue: 0.1 }
 */
export function twoSampleKolmogorovSmirnov(
  x: ArrayLike<number | null | undefined> | PreparedSample,
  y: ArrayLike<number | null | undefined>,
  options: KolmogorovSmirnovOptions = {},
): KolmogorovSmirnovResult {
  const { alternative = 'two-sided', method = 'auto', alpha = 0.05 } = options;
  requireOneOf('alternative', alternative, ['two-sided', 'greater', 'less']);
  requireOneOf('method', method, ['auto', 'exact', 'asymptotic', 'limit', 'stephens']);
  requireShare('alpha', alpha);
  const first = x instanceof PreparedSample ? { values: x, dropped: x.dropped } : finiteValues('x', x);
  const second = finiteValues('y', y);
  const n = [first.values.length, second.values.length] as const;
  const dropped = first.dropped + second.dropped;
  const notes = droppedNote(dropped);
  if (n[0] === 0 || n[1] === 0) {
    const reason = `${n[0]} and ${n[1]} values: a distribution needs at least one on either side`;
    return { ...noResult('insufficient-data', METHOD, n, reason, notes), dropped };
  }
  const { steps, location, sign } = largestStep(first.values, second.values, alternative);
  const statistic = steps / (n[0] * n[1]);
  const wanted = method !== 'auto' ? method : Math.max(...n) <= EXACT_LIMIT ? 'exact' : 'asymptotic';
  // Equal sizes have a closed form; else the work grows with n·m.
  const tooMuch = wanted === 'exact' && n[0] !== n[1] && n[0] * n[1] > MOST_CELLS;
  if (tooMuch) notes.push(`an exact p would count ${n[0]}·${n[1]} paths: asymptotic`);
  const pMethod = tooMuch ? 'asymptotic' : wanted;
  const p = reportedP(logPOf(pMethod, n, steps, alternative));
  return {
    status: 'ok',
    method: `${METHOD}, p ${pMethod}`,
    pMethod,
    alternative,
    statistic,
    ...p,
    n,
    effect: { name: 'D', value: statistic, interval: null },
    threshold: alpha,
    significant: p.pValue < alpha,
    assumptions: [],
    notes,
    location,
    sign,
    dropped,
  };
}

function logPOf(
  method: Exclude<KolmogorovSmirnovMethod, 'auto'>,
  [n, m]: readonly [number, number],
  steps: number,
  alternative: Alternative,
): number {
  const statistic = steps / (n * m);
  if (method === 'exact') return exactLogP(n, m, steps, alternative);
  if (method === 'asymptotic') return asymptoticLogP(n, m, statistic, alternative);
  return limitLogP(n, m, statistic, method === 'stephens');
}
