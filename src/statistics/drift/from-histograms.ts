import type { NumberCells, TextCounts } from '../../contracts';
import { noResult, reportedP } from '../result';
import type { NoResult } from '../result';
import type { BoundedFound } from './bounded-found';
import { compareCells } from './cells-of-numbers';
import { compareCategories } from './compare-feature';
import { requireResampling } from './drift-test';
import type { JudgedFeature } from './feature-drift';
import { completePlan } from './feature-plan';
import { distanceOfCells } from './kolmogorov-smirnov-cells';
import type { JudgeFeatureOptions } from './judge-feature';
import { DRIFT_METHODS } from './methods';
import type { DriftMethod } from './methods';
import { numbersOf } from './prepared-reference';
import type { CategoricalReference, FeatureReference, NumericReference } from './reference-types';
import { testNumbers } from './test-numbers';

/** How far a feature lies from its reference, found from counts instead of values. */
export type SummedDrift =
  | (Pick<
      JudgedFeature,
      'status' | 'feature' | 'n' | 'method' | 'driftMethod' | 'statistic' | 'pValue' | 'log10PValue' | 'notes'
    > &
      Pick<JudgedFeature, 'effect' | 'floor' | 'isLarge'> & {
        /** How far the statistic may lie from that of the values; 0 when it is the same. */
        readonly errorBound: number;
      })
  | NoResult<'insufficient-data'>;

/**
 * Compares counts with a frozen reference, of which every value is at hand. Numbers counted in cells: Kolmogorov-Smirnov
 * knows both distribution functions exactly at the ends of every cell and bounds them within; methods on bins move the
 * bins' edges to those of cells; the Wasserstein distance takes a cell's middle and is off by half its width at most.
 * Texts: the same counts as of the rows.
 * @param current cells or texts; null when the window has none
 * @returns `insufficient-data` where a side has no values of the reference's kind
 * @throws RangeError or TypeError on an option out of range or a method that is not for this kind of feature
 * @example
 * const cells = { n: 3, low: Float64Array.of(1, 2), high: Float64Array.of(1, 3), counts: Float64Array.of(1, 2) };
 * judgeHistogram(featureReference('x', [1, 2, 2.5, 4]), cells) // { statistic: 0.25, errorBound: 0.25, n: [4, 3] }
 */
export function judgeHistogram(
  reference: FeatureReference,
  current: NumberCells | TextCounts | null,
  options: JudgeFeatureOptions = {},
): SummedDrift {
  const { method, floor } = completePlan(reference, options);
  const resampling = requireResampling(options);
  const n = [reference.n, current?.n ?? 0] as const;
  const isKind =
    reference.kind === 'numeric' ? current !== null && 'low' in current : current !== null && 'other' in current;
  if (reference.kind === 'empty' || !isKind || Math.min(...n) === 0) {
    const reason = `${n[0]} and ${n[1]} values of the kind ${reference.kind}: a comparison needs them on either side`;
    return noResult('insufficient-data', DRIFT_METHODS[method].title, n, reason);
  }
  const { found, errorBound } =
    reference.kind === 'numeric'
      ? compareNumberCells(reference, current as NumberCells, method, resampling)
      : compareTexts(reference, current as TextCounts, method, resampling);
  return {
    status: 'ok',
    feature: reference.name,
    n,
    driftMethod: method,
    method: `${DRIFT_METHODS[method].title}, ${found.words}`,
    statistic: found.statistic,
    ...reportedP(found.logP),
    effect: found.effect,
    floor,
    isLarge: found.effect.value >= floor,
    notes: found.notes,
    errorBound,
  };
}

type Resampling = ReturnType<typeof requireResampling>;

function compareNumberCells(
  reference: NumericReference,
  cells: NumberCells,
  method: DriftMethod,
  resampling: Resampling,
): BoundedFound {
  const numbers = numbersOf(reference);
  if (method === 'kolmogorov-smirnov') return distanceOfCells(numbers.sorted, cells);
  if (method !== 'wasserstein') return compareCells(numbers, cells, method, reference.bins, resampling);
  const found = testNumbers(method, numbers, middles(cells), reference.bins, resampling);
  return { found, errorBound: meanHalfWidth(cells) };
}

function middles({ n, low, high, counts }: NumberCells): Float64Array {
  const values = new Float64Array(n);
  let place = 0;
  for (let cell = 0; cell < low.length; cell += 1) {
    values.fill(middleOf(low[cell]!, high[cell]!), place, (place += counts[cell]!));
  }
  return values;
}

function middleOf(low: number, high: number): number {
  const [from, to] = [Math.max(-Number.MAX_VALUE, low), Math.min(Number.MAX_VALUE, high)];
  return from / 2 + to / 2;
}

function meanHalfWidth({ n, low, high, counts }: NumberCells): number {
  return counts.reduce((sum, rows, cell) => {
    const [from, to] = [Math.max(-Number.MAX_VALUE, low[cell]!), Math.min(Number.MAX_VALUE, high[cell]!)];
    return sum + (rows / n) * (to / 2 - from / 2);
  }, 0);
}

/** What is said of texts that were too many to be kept apart. */
const OTHER = '(other)';

function compareTexts(
  reference: CategoricalReference,
  { n, counts, other, placeOf }: TextCounts,
  method: DriftMethod,
  resampling: Resampling,
): BoundedFound {
  // A text of the window and one of the reference are compared when they are counted under one name on both sides.
  const before = new Map<string, number>();
  reference.names.forEach((name, place) => {
    const counted = placeOf(name);
    const key = counted === null ? OTHER : `=${counted}`;
    before.set(key, (before.get(key) ?? 0) + reference.counts[place]!);
  });
  const now = new Map<string, number>([...counts].map(([text, rows]) => [`=${text}`, rows]));
  if (other > 0) now.set(OTHER, other);
  const collapsed: CategoricalReference = { ...reference, names: [...before.keys()], counts: [...before.values()] };
  const read = { names: [...now.keys()], counts: [...now.values()], missing: 0 };
  const { found } = compareCategories(collapsed, read, method, resampling);
  const notes = other > 0 ? [`${other} of ${n} rows hold texts that are counted together, on both sides`] : [];
  return { found: { ...found, notes: [...found.notes, ...notes] }, errorBound: 0 };
}
