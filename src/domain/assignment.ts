/** Buckets of the hash: 0.0001 of the traffic is the finest share. */
const BUCKETS = 10_000;

/** FNV-1a, 32 bit, over UTF-16 code units as GrowthBook does it. */
function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/**
 * A number in [0, 1) that belongs to a value under a seed: GrowthBook's hash, version 2.
 * @example hashUnit('seed', 'a') // 0.0505
 */
export function hashUnit(seed: string, value: string): number {
  return (fnv1a32(String(fnv1a32(seed + value))) % BUCKETS) / BUCKETS;
}

/** An arm of an assignment. */
export interface Variant {
  readonly name: string;
  /** Its share of the covered traffic; the weights sum to 1. */
  readonly weight: number;
}

/**
 * The variant of a unit, or null when it is not covered. Variant i has [cum, cum + coverage · weight), so a larger
 * coverage adds units to a variant and moves none to another.
 */
export function assignVariant(request: {
  readonly seed: string;
  readonly unit: string;
  readonly variants: readonly Variant[];
  readonly coverage?: number;
}): string | null {
  const hash = hashUnit(request.seed, request.unit);
  const coverage = request.coverage ?? 1;
  let start = 0;
  for (const { name, weight } of request.variants) {
    if (hash >= start && hash < start + coverage * weight) return name;
    start += weight;
  }
  return null;
}
