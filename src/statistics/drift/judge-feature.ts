import { reportedP } from '../result';
import { readCategories, readNumbers, requireColumn, rowsOf } from './columns';
import type { DriftColumn } from './columns';
import { compareCategories, compareNumbers } from './compare-feature';
import type { Compared } from './compare-feature';
import { requireResampling } from './drift-test';
import type { FeatureDrift, UnjudgedStatus } from './feature-drift';
import { completePlan } from './feature-plan';
import type { CompletePlan, FeaturePlan } from './feature-plan';
import type { Resampling } from './found';
import { DRIFT_METHODS } from './methods';
import type { FeatureReference } from './reference-types';

/** Options of judging one feature. */
export interface JudgeFeatureOptions extends FeaturePlan {
  /** Of permutations, where there are any; mixed with the feature's name. 0 by default. */
  readonly seed?: number;
  /** 999 by default. */
  readonly repetitions?: number;
}

/**
 * Compares a column with its reference, which is not changed by it. Whatever the column holds, there is an answer: a
 * missing, empty or wrong one is a status.
 * @param current numbers, categories or encoded categories; undefined when the batch has no such column
 * @throws RangeError or TypeError on an option out of range or a method that is not for this kind of feature
 * @see DRIFT_METHODS
 * @example judgeFeature(featureReference('plan', ['a', 'a', 'b', 'b']), ['a', 'b', null])
 * // { status: 'ok', driftMethod: 'chi-square', pValue: 1, n: [4, 2], missing: { reference: 0, current: 0.333… } }
 * @example judgeFeature(featureReference('age', [31, 44, 27]), []).status // 'no-current-values'
 */
export function judgeFeature(
  reference: FeatureReference,
  current: DriftColumn | undefined,
  options: JudgeFeatureOptions = {},
): FeatureDrift {
  return judgeColumn(reference, current, completePlan(reference, options), requireResampling(options));
}

/** The same with everything checked and filled in. */
export function judgeColumn(
  reference: FeatureReference,
  current: DriftColumn | undefined,
  plan: CompletePlan,
  { seed, repetitions }: Resampling,
): FeatureDrift {
  if (current === undefined) return unjudged(reference, null, 'missing-column', 'the batch has no such column');
  const read = readFor(reference, current);
  if ('reason' in read) return unjudged(reference, null, 'wrong-type', read.reason);
  const missing = read.rows === 0 ? null : read.missing / read.rows;
  if (reference.kind === 'empty')
    return unjudged(reference, missing, 'no-reference-values', 'the reference had nothing but missing values');
  if (read.missing === read.rows)
    return unjudged(reference, missing, 'no-current-values', `${read.rows} rows, none of them with a value`);
  const compared = read.compare(plan.method, { seed: mixSeed(seed, reference.name), repetitions });
  return judged(reference, [reference.n, read.rows - read.missing], missing, plan, compared);
}

/** A column that the reference does not have. */
export function newColumn(name: string, column: DriftColumn): FeatureDrift {
  const nothing: FeatureReference = { kind: 'empty', name, rows: 0, missing: 0, n: 0 };
  const read = readFor(nothing, column);
  if ('reason' in read) return unjudged(nothing, null, 'wrong-type', read.reason);
  return unjudged(nothing, null, 'new-column', 'the reference has no such column');
}

/** A feature that a mode for numbers leaves out. */
export function notNumeric(reference: FeatureReference): FeatureDrift {
  return unjudged(reference, null, 'not-numeric', 'the seed compares numbers only');
}

/** A column that could be read, and how to compare it. */
interface Readable {
  readonly rows: number;
  readonly missing: number;
  readonly compare: (method: CompletePlan['method'], resampling: Resampling) => Compared;
}

function readFor(reference: FeatureReference, column: DriftColumn): Readable | { readonly reason: string } {
  const { name } = reference;
  try {
    const rows = rowsOf(requireColumn(name, column));
    if (reference.kind === 'categorical') {
      const read = readCategories(name, column);
      return { rows, missing: read.missing, compare: (...how) => compareCategories(reference, read, ...how) };
    }
    // Of a column that had no values any kind will do: it is not compared.
    if (reference.kind === 'empty') return { rows, missing: 0, compare: () => unreachable(name) };
    const read = readNumbers(name, column);
    return { rows, missing: read.missing, compare: (...how) => compareNumbers(reference, read, ...how) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return { reason: error.message };
    throw error;
  }
}

function unreachable(name: string): never {
  throw new Error(`${name} has no reference to be compared with`);
}

/** The seed of a feature's own permutations, so that those of two features do not go together. */
function mixSeed(seed: number, name: string): number {
  let hash = (seed ^ Math.floor(seed / 4_294_967_296) ^ 0x811c9dc5) | 0;
  for (let k = 0; k < name.length; k += 1) hash = Math.imul(hash ^ name.charCodeAt(k), 0x01000193);
  return hash >>> 0;
}

function judged(
  reference: FeatureReference,
  n: readonly [number, number],
  missing: number | null,
  { method, floor }: CompletePlan,
  { found, newCategories }: Compared,
): FeatureDrift {
  return {
    status: 'ok',
    ...factsOf(reference, n, missing),
    driftMethod: method,
    method: `${DRIFT_METHODS[method].title}, ${found.words}`,
    statistic: found.statistic,
    ...reportedP(found.logP),
    pFrom: found.way,
    resampling: found.resampling,
    effect: found.effect,
    floor,
    isLarge: found.effect.value >= floor,
    newCategories,
    assumptions: found.assumptions,
    notes: found.notes,
  };
}

function unjudged(
  reference: FeatureReference,
  missing: number | null,
  status: UnjudgedStatus,
  reason: string,
): FeatureDrift {
  return { status, ...factsOf(reference, [reference.n, 0], missing), reason, notes: [] };
}

function factsOf(reference: FeatureReference, n: readonly [number, number], missing: number | null) {
  return {
    feature: reference.name,
    kind: reference.kind === 'empty' ? ('unknown' as const) : reference.kind,
    n,
    missing: { reference: reference.rows === 0 ? null : reference.missing / reference.rows, current: missing },
  };
}
