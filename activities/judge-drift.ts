import type { DriftPolicy, FeatureDrift } from '../src/contracts';
import { adjustPValues, DRIFT_METHODS } from '../src/statistics';
import type { DriftMethod, FeatureKind, FeaturePlan } from '../src/statistics';

/** Fewer values a side are not compared: what could be said of them is said by chance. */
export const LEAST_ROWS = 20;

/** What is compared with its reference. */
export interface Subject {
  readonly of: 'feature' | 'prediction' | 'score';
  readonly feature: string;
  readonly kind: FeatureKind;
}

/** One subject beside its reference, within one season key. Pairs are reference, window. */
export interface Comparison extends Subject {
  readonly season: string;
  /** Rows. */
  readonly rows: readonly [number, number];
  /** Rows with a value. */
  readonly n: readonly [number, number];
  /** Null where too few values were there to compare. */
  readonly found: {
    readonly method: DriftMethod;
    readonly statistic: number;
    readonly pValue: number;
    readonly effect: number;
    readonly floor: number;
    readonly errorBound: number;
  } | null;
}

/** Whether a subject is judged by a policy; one that is not is neither missing nor new. */
export function isSubject(policy: DriftPolicy, { of, feature }: Pick<Subject, 'of' | 'feature'>): boolean {
  if (policy.mode === 'off') return false;
  if (of === 'feature') return !policy.ignore.includes(feature);
  return policy.mode !== 'seed' && policy[of];
}

/** Whether so many values a side are compared. The seed knows no least number, and numbers only. */
export function isComparable(policy: DriftPolicy, { kind }: Subject, n: readonly [number, number]): boolean {
  if (policy.mode === 'seed') return kind === 'numeric' && Math.min(...n) > 0;
  return Math.min(...n) >= LEAST_ROWS;
}

/** How a subject is compared; a method that is not for its kind gives way to the default. */
export function planOf(policy: DriftPolicy, { of, feature, kind }: Subject): FeaturePlan {
  if (policy.mode === 'seed') return { method: 'kolmogorov-smirnov', floor: 0 };
  const own = of === 'feature' && Object.hasOwn(policy.features, feature) ? policy.features[feature]! : {};
  const { method } = own;
  const floor = own.floor ?? policy.floor;
  return {
    ...(method !== undefined && DRIFT_METHODS[method].kinds.includes(kind) ? { method } : {}),
    ...(floor === undefined ? {} : { floor }),
  };
}

/**
 * What comparisons come to: one entry per subject. p is adjusted over all of them, seasons included, and a subject is
 * flagged when it is in any season: p of one season key is valid by itself, and the adjustment is for their number.
 */
export function concludeDrift(comparisons: readonly Comparison[], policy: DriftPolicy): FeatureDrift[] {
  const judged = comparisons.filter(({ found }) => found !== null);
  const adjustment = policy.mode === 'seed' ? 'none' : policy.adjustment;
  const { adjusted } = adjustPValues(
    judged.map(({ found }) => found!.pValue),
    adjustment,
  );
  const verdicts = new Map(judged.map((comparison, k) => [comparison, verdict(comparison, adjusted[k]!, policy)]));
  return [...bySubject(comparisons).values()].map((parts) => {
    const found = parts.flatMap((part) => verdicts.get(part) ?? []);
    return found.length === 0 ? unjudged(parts) : found.reduce((a, b) => (deviatesMore(b, a) ? b : a));
  });
}

function bySubject(comparisons: readonly Comparison[]): ReadonlyMap<string, readonly Comparison[]> {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const key = [comparison.of, comparison.kind, comparison.feature].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [comparison]);
    else group.push(comparison);
  }
  return groups;
}

function verdict({ found, ...facts }: Comparison, adjustedPValue: number, policy: DriftPolicy): FeatureDrift {
  const { method, statistic, pValue, effect, floor, errorBound } = found!;
  return {
    ...namesOf(facts),
    status: 'ok',
    statistic,
    pValue,
    method,
    adjustedPValue,
    effect,
    floor,
    flagged: adjustedPValue < policy.alpha && effect >= floor,
    errorBound,
    n: facts.n,
    ...(facts.season === '' ? {} : { season: facts.season }),
  };
}

/** A flag before none, then the larger effect; between equal ones the earlier season stays. */
function deviatesMore(a: FeatureDrift, b: FeatureDrift): boolean {
  if (a.flagged !== b.flagged) return a.flagged === true;
  return a.effect! > b.effect!;
}

/**
 * A subject that could not be compared. It is missing, or new, when as many values were to be expected as it takes to
 * compare: a rare feature is not missing because it did not happen to occur.
 */
function unjudged(parts: readonly Comparison[]): FeatureDrift {
  const sum = (of: (part: Comparison) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const [before, now] = [sum(({ n }) => n[0]), sum(({ n }) => n[1])];
  const [rowsBefore, rowsNow] = [sum(({ rows }) => rows[0]), sum(({ rows }) => rows[1])];
  const isMissing = now === 0 && (before / rowsBefore) * rowsNow >= LEAST_ROWS;
  const isNew = before === 0 && (now / rowsNow) * rowsBefore >= LEAST_ROWS;
  return {
    ...namesOf(parts[0]!),
    status: isMissing ? 'missing' : isNew ? 'new' : 'empty',
    statistic: null,
    pValue: null,
    n: [before, now],
  };
}

function namesOf({ of, feature, kind }: Subject): Pick<FeatureDrift, 'feature' | 'of' | 'kind'> {
  return { feature, ...(of === 'feature' ? {} : { of }), kind };
}
