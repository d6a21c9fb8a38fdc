import type { AssignableExperiment, Assignment, Attributes, ExperimentDesign, UnassignedReason } from '../contracts';
import { isEligible } from './eligibility';
import { inNamespace, isHeldOut } from './exclusion';
import { hashUnit } from './hash';

export { hashUnit } from './hash';

/** An arm of an assignment. */
export interface Variant {
  readonly name: string;
  /** Its share of the covered traffic; the weights sum to 1. */
  readonly weight: number;
}

/**
 * The place among the variants that a hash falls on, or −1. Variant i has [cum, cum + coverage · weight), so a larger
 * coverage adds units to a variant and moves none to another.
 */
export function variantAt(hash: number, variants: readonly Variant[], coverage: number): number {
  let start = 0;
  for (let index = 0; index < variants.length; index += 1) {
    const { weight } = variants[index]!;
    if (hash >= start && hash < start + coverage * weight) return index;
    start += weight;
  }
  return -1;
}

/** The variant of a unit, or null when it is not covered. */
export function assignVariant(request: {
  readonly seed: string;
  readonly unit: string;
  readonly variants: readonly Variant[];
  readonly coverage?: number;
}): string | null {
  const { seed, unit, variants, coverage = 1 } = request;
  return variants[variantAt(hashUnit(seed, unit), variants, coverage)]?.name ?? null;
}

/**
 * Where a unit is in an experiment. The first that applies: the experiment does not run, the unit is forced into a
 * variant, it already met one and the design is sticky, it is not eligible, held out, in another part of the namespace,
 * not covered by the ramp yet, in a variant that takes no new units; otherwise the hash tells its variant.
 * @param sticky the variant that the unit met before; one that the design does not have is no variant
 * @example assign({ design, running: true, coverage: 1, dropped: [] }, 'u1', { country: 'DE' })
 */
export function assign(
  experiment: AssignableExperiment,
  unit: string,
  attributes: Attributes,
  sticky: string | null = null,
): Assignment {
  const { design, running, dropped } = experiment;
  if (!running) return unassigned(design, unit, 'not-running');
  const forced = forcedPlace(design, unit);
  if (forced !== -1) return assigned(design, unit, forced, 'forced');
  if (sticky !== null && design.sticky) {
    const met = design.variants.findIndex(({ name }) => name === sticky);
    if (met !== -1) return assigned(design, unit, met, 'sticky');
  }
  if (!isEligible(design, unit, attributes)) return unassigned(design, unit, 'not-eligible');
  const place = hashedPlace(experiment, unit);
  if (typeof place === 'string') return unassigned(design, unit, place);
  if (dropped.includes(design.variants[place]!.name)) return unassigned(design, unit, 'dropped');
  return assigned(design, unit, place, 'hash');
}

/**
 * Whether an answer could be another if it were known what the unit met before. Seed, weights, namespace and holdout
 * of a running experiment are fixed and its coverage only grows, so a unit that has a variant had no other, and one
 * that the hash leaves out never had any: only attributes that changed and variants that were dropped can take one away.
 * @param answer what `assign` says without it
 */
export function dependsOnSticky(experiment: AssignableExperiment, answer: Assignment): boolean {
  if (answer.variant !== null || !experiment.design.sticky) return false;
  if (answer.reason === 'dropped') return true;
  return answer.reason === 'not-eligible' && typeof hashedPlace(experiment, answer.unit) === 'number';
}

function forcedPlace({ variants }: ExperimentDesign, unit: string): number {
  for (let index = 0; index < variants.length; index += 1) {
    if (variants[index]!.force?.includes(unit) === true) return index;
  }
  return -1;
}

/** What the hashes alone say: attributes and dropped variants aside. */
function hashedPlace(
  { design, coverage }: AssignableExperiment,
  unit: string,
): number | Extract<UnassignedReason, 'held-out' | 'other-namespace' | 'not-covered'> {
  if (design.holdout !== undefined && isHeldOut(design.holdout, unit)) return 'held-out';
  if (design.namespace !== undefined && !inNamespace(design.namespace, unit)) return 'other-namespace';
  const place = variantAt(hashUnit(design.seed, unit), design.variants, coverage);
  return place === -1 ? 'not-covered' : place;
}

function assigned(
  { id, variants }: ExperimentDesign,
  unit: string,
  index: number,
  by: 'hash' | 'sticky' | 'forced',
): Assignment {
  const { name, version } = variants[index]!;
  return { experiment: id, unit, variant: name, index, version: version ?? null, by };
}

function unassigned({ id }: ExperimentDesign, unit: string, reason: UnassignedReason): Assignment {
  return { experiment: id, unit, variant: null, reason };
}
