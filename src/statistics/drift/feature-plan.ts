import { requireOneOf, requirePositive } from '../arguments';
import { DRIFT_METHODS, DRIFT_METHOD_NAMES } from './methods';
import type { DriftMethod, FeatureKind } from './methods';
import { numbersOf } from './prepared-reference';
import type { FeatureReference } from './reference-types';

/** Up to so many different numbers χ² has more power than Kolmogorov-Smirnov, whose p ties make too large. */
const LIKE_CATEGORIES = 8;

/** How one feature is judged. */
export interface FeaturePlan {
  /**
   * By default `kolmogorov-smirnov` for numbers, `chi-square` for categories and for numbers of at most 8 different
   * values.
   */
  readonly method?: DriftMethod;
  /** The least effect worth a flag, in the unit of the method's effect; that of `DRIFT_METHODS` by default. */
  readonly floor?: number;
}

/** A plan without gaps. */
export interface CompletePlan {
  readonly method: DriftMethod;
  readonly floor: number;
}

/**
 * Fills in the defaults.
 * @throws RangeError or TypeError on a method that is none or not for this kind of feature, or a negative floor
 */
export function completePlan(reference: FeatureReference, plan: FeaturePlan): CompletePlan {
  const method = plan.method === undefined ? defaultMethod(reference) : requireMethod(reference.name, plan.method);
  const kind: FeatureKind = reference.kind === 'categorical' ? 'categorical' : 'numeric';
  if (reference.kind !== 'empty' && !DRIFT_METHODS[method].kinds.includes(kind))
    throw new RangeError(`method of ${reference.name} is ${method}: expected one for ${kind} features`);
  const floor = plan.floor ?? DRIFT_METHODS[method].floor;
  if (floor !== 0) requirePositive(`floor of ${reference.name}`, floor);
  return { method, floor };
}

function requireMethod(name: string, method: DriftMethod): DriftMethod {
  return requireOneOf(`method of ${name}`, method, DRIFT_METHOD_NAMES);
}

function defaultMethod(reference: FeatureReference): DriftMethod {
  if (reference.kind === 'categorical') return 'chi-square';
  if (reference.kind === 'empty') return 'kolmogorov-smirnov';
  // A constant is compared as a number: how far its distribution function moved.
  const levels = numbersOf(reference).levels?.length ?? Infinity;
  return levels > 1 && levels <= LIKE_CATEGORIES ? 'chi-square' : 'kolmogorov-smirnov';
}
