import { requireOneOf, requireShare } from '../arguments';
import { adjustPValues } from '../experiments/multiplicity';
import type { BatchDrift, DriftAdjustment, DriftMode, JudgedInBatch, UnjudgedInBatch } from './batch-drift';
import type { DriftTable } from './columns';
import { driftState, requireHysteresis, TWO_OF_TWO } from './drift-state';
import type { DriftHistory, Hysteresis } from './drift-state';
import { requireResampling } from './drift-test';
import type { FeatureDrift } from './feature-drift';
import { completePlan } from './feature-plan';
import type { CompletePlan, FeaturePlan } from './feature-plan';
import type { Resampling } from './found';
import { judgeColumn, newColumn, notNumeric } from './judge-feature';
import type { DriftReference } from './reference-types';

const ADJUSTMENTS: readonly DriftAdjustment[] = [
  'none',
  'bonferroni',
  'holm',
  'benjamini-hochberg',
  'benjamini-yekutieli',
];

/** How a batch is judged. */
export interface JudgeBatchOptions {
  /** `calibrated` by default. `seed` takes alpha and nothing else from the options. */
  readonly mode?: DriftMode;
  /** .05 by default. */
  readonly alpha?: number;
  /** Of the p-values of all features; Benjamini-Hochberg by default. */
  readonly adjustment?: DriftAdjustment;
  /** Two flags in two batches by default. */
  readonly hysteresis?: Hysteresis;
  /** What the batch before answered with; none for the first. */
  readonly history?: DriftHistory;
  /** Methods and floors by feature. */
  readonly features?: Readonly<Record<string, FeaturePlan>>;
  /** Of permutations, 0 by default. */
  readonly seed?: number;
  /** Of permutations, 999 by default. */
  readonly repetitions?: number;
}

/** What a batch is judged by, all of it checked. */
interface Rules {
  readonly mode: DriftMode;
  readonly threshold: number;
  readonly adjustment: DriftAdjustment;
  readonly hysteresis: Hysteresis;
  readonly history: DriftHistory;
  readonly resampling: Resampling;
  /** In the reference's order; null for a feature that the mode does not judge. */
  readonly plans: readonly (CompletePlan | null)[];
}

/**
 * Judges all features of a batch by a reference, which is not changed by it. A feature is flagged when its p-value,
 * adjusted for the number of features, is below α and its effect reaches the floor; enough flags among the latest
 * batches are a drift. No column makes it throw.
 * @param current columns by name; those the reference has are compared with it
 * @throws RangeError or TypeError on an option out of range, before anything is judged
 * @see Benjamini & Hochberg (1995), Controlling the false discovery rate
 * @example judgeBatch(driftReference({ x: [1, 2, 3, 4, 5, 6] }, { version: 'v1' }), { x: [2, 3, 4, 5, 6, 7] })
 * // { state: 'stable', driftDetected: false, referenceVersion: 'v1', history: { x: [false] } }
 */
export function judgeBatch(
  reference: DriftReference,
  current: DriftTable,
  options: JudgeBatchOptions = {},
): BatchDrift {
  if (typeof current !== 'object' || current === null)
    throw new TypeError(`current is ${String(current)}: expected columns by name`);
  const rules = rulesOf(reference, options);
  const { mode, threshold, adjustment, hysteresis } = rules;
  const { features, history } = flagged(compare(reference, current, rules), rules);
  const drifting = features.filter(({ state }) => state === 'drift');
  const some = features.some(({ state }) => state === 'possible');
  return {
    mode,
    method: wordsOf(rules),
    referenceVersion: reference.version,
    threshold,
    adjustment,
    hysteresis,
    state: drifting.length > 0 ? 'drift' : some ? 'possible' : 'stable',
    driftDetected: drifting.length > 0,
    driftFeatures: drifting.map(({ feature }) => feature),
    flaggedFeatures: features.filter((each) => each.status === 'ok' && each.flagged).map(({ feature }) => feature),
    unjudgedFeatures: features.filter(({ status }) => status !== 'ok').map(({ feature }) => feature),
    features,
    history,
  };
}

function rulesOf(reference: DriftReference, options: JudgeBatchOptions): Rules {
  const mode = requireOneOf('mode', options.mode ?? 'calibrated', ['calibrated', 'seed']);
  const threshold = requireShare('alpha', options.alpha ?? 0.05);
  const resampling = requireResampling(options);
  if (mode === 'seed') {
    // One batch decides for each feature on its own, however small the difference.
    const [adjustment, hysteresis, history] = ['none', { flags: 1, of: 1 }, {}] as const;
    const plan: CompletePlan = { method: 'kolmogorov-smirnov', floor: 0 };
    const plans = reference.features.map(({ kind }) => (kind === 'categorical' ? null : plan));
    return { mode, threshold, adjustment, hysteresis, history, resampling, plans };
  }
  const { history = {}, features = {} } = options;
  const adjustment = requireOneOf('adjustment', options.adjustment ?? 'benjamini-hochberg', ADJUSTMENTS);
  const hysteresis = requireHysteresis(options.hysteresis ?? TWO_OF_TWO);
  const known = new Set(reference.features.map(({ name }) => name));
  for (const name of Object.keys(features))
    if (!known.has(name))
      throw new RangeError(`features names ${JSON.stringify(name)}: the reference has no such feature`);
  const plans = reference.features.map((feature) => completePlan(feature, own(features, feature.name) ?? {}));
  return { mode, threshold, adjustment, hysteresis, history, resampling, plans };
}

/** A feature may be called `constructor`. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function compare(reference: DriftReference, current: DriftTable, { plans, resampling }: Rules): FeatureDrift[] {
  const known = new Set<string>();
  const compared = reference.features.map((feature, k) => {
    known.add(feature.name);
    const plan = plans[k]!;
    return plan === null ? notNumeric(feature) : judgeColumn(feature, own(current, feature.name), plan, resampling);
  });
  const added = Object.keys(current).filter((name) => !known.has(name));
  return [...compared, ...added.map((name) => newColumn(name, current[name]!))];
}

function flagged(drifts: readonly FeatureDrift[], { adjustment, threshold, hysteresis, history }: Rules) {
  const pValues = drifts.flatMap((drift) => (drift.status === 'ok' ? [drift.pValue] : []));
  const { adjusted } = adjustPValues(pValues, adjustment);
  const kept = Object.create(null) as Record<string, readonly boolean[]>;
  let next = 0;
  const features = drifts.map((drift): JudgedInBatch | UnjudgedInBatch => {
    const before = own(history, drift.feature) ?? [];
    if (drift.status !== 'ok') {
      if (before.length > 0) kept[drift.feature] = before.slice(-hysteresis.of);
      return { ...drift, state: driftState(before, hysteresis) };
    }
    const adjustedPValue = adjusted[next++]!;
    const significant = adjustedPValue < threshold;
    const isFlagged = significant && drift.isLarge;
    const flags = [...before, isFlagged].slice(-hysteresis.of);
    kept[drift.feature] = flags;
    return { ...drift, adjustedPValue, significant, flagged: isFlagged, state: driftState(flags, hysteresis) };
  });
  return { features, history: kept };
}

function wordsOf({ mode, adjustment, threshold, hysteresis }: Rules): string {
  if (mode === 'seed') return `two-sample Kolmogorov-Smirnov, p < ${threshold} in any feature`;
  const p = adjustment === 'none' ? 'p' : `${adjustment}-adjusted p`;
  return `${p} < ${threshold} and effect at least the floor, ${hysteresis.flags} of ${hysteresis.of} batches`;
}
