/** Buckets of the hash: 0.0001 of the traffic is the finest share. */
const BUCKETS = 10_000;

/** Buckets of version 1. */
const BUCKETS_1 = 1_000;

const OFFSET = 0x811c9dc5;

/** FNV-1a, 32 bit, over UTF-16 code units as GrowthBook does it; `from` goes on where another text ended. */
function fnv1a32(text: string, from = OFFSET): number {
  let hash = from;
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
  return (fnv1a32(String(fnv1a32(value, fnv1a32(seed)))) % BUCKETS) / BUCKETS;
}

/**
 * A number in [0, 1) that belongs to a value under a seed: GrowthBook's hash, version 1, which namespaces use. Its
 * thousand buckets are less even than those of `hashUnit`.
 * @example hashVersion1('', 'a') // 0.22
 */
export function hashVersion1(seed: string, value: string): number {
  return (fnv1a32(seed, fnv1a32(value)) % BUCKETS_1) / BUCKETS_1;
}
