// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { log, log1p, sqrt, abs, max, min, LN2 } = Math;

/** Shares below this are read as this by PSI, so that an empty bin is large and not infinite. */
export const PSI_FLOOR = 1e-4;

/** A distance of two rows of counts (or weights) over the same cells, with the totals of the rows; allocates nothing. */
export type CellMeasure = (reference: Float64Array, current: Float64Array, n: number, m: number) => number;

/** Pearson's χ² of the table of two rows. */
export const chiSquareOf: CellMeasure = (reference, current, n, m) => {
  const share = m / (n + m);
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) {
    const pooled = reference[k]! + current[k]!;
    if (pooled > 0) sum += (current[k]! - share * pooled) ** 2 / pooled;
  }
  return sum / share / (1 - share);
};

/** The likelihood-ratio statistic G of the table of two rows. */
export const gOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) {
    const even = (reference[k]! + current[k]!) / (n + m);
    if (even > 0) sum += gTerm(reference[k]!, n * even) + gTerm(current[k]!, m * even);
  }
  return sum;
};

/** 2 (O ln(O/E) − (O − E)): the differences sum to 0, and without them near independence nothing cancels. */
export function gTerm(observed: number, expected: number): number {
  const difference = observed - expected;
  return observed === 0 ? 2 * expected : 2 * (observed * log1p(difference / expected) - difference);
}

/** Σ (q − p) ln(q / p), shares below a floor read as the floor. */
export function psiWithFloor(floor: number): CellMeasure {
  return (reference, current, n, m) => {
    let sum = 0;
    for (let k = 0; k < reference.length; k += 1) {
      const p = max(reference[k]! / n, floor);
      const q = max(current[k]! / m, floor);
      if (p !== q) sum += (q - p) * log(q / p);
    }
    return sum;
  };
}

/** The population stability index with its usual floor. */
export const psiOf: CellMeasure = psiWithFloor(PSI_FLOOR);

/** Jensen-Shannon divergence in nats, in [0, ln 2]. */
export const jensenShannonOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) {
    const [p, q] = [reference[k]! / n, current[k]! / m];
    const middle = (p + q) / 2;
    if (p > 0) sum += p * log(p / middle);
    if (q > 0) sum += q * log(q / middle);
  }
  return min(LN2, max(0, sum / 2));
};

/** The square of the Hellinger distance, ½ Σ (√p − √q)², in [0, 1]. */
export const squaredHellingerOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) sum += (sqrt(reference[k]! / n) - sqrt(current[k]! / m)) ** 2;
  return min(1, sum / 2);
};

/** ½ Σ |p − q|, in [0, 1]. */
export const totalVariationOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) sum += abs(reference[k]! / n - current[k]! / m);
  return min(1, sum / 2);
};

/** Σ p ln(p / q) in nats; infinite where q has an empty cell and p none. */
export const kullbackLeiblerOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) {
    const p = reference[k]! / n;
    if (p > 0) sum += p * log(p / (current[k]! / m));
  }
  return max(0, sum);
};

/**
 * Cramér's V as if both sides had as many rows: √(½ Σ (p − q)² / (p + q)), in [0, 1]. The V of the table itself shrinks
 * with the lopsidedness of the sizes: a category that goes from half to all of a batch gives .1 at 10 000 and 100 rows.
 */
export const balancedCramerOf: CellMeasure = (reference, current, n, m) => {
  let sum = 0;
  for (let k = 0; k < reference.length; k += 1) {
    const [p, q] = [reference[k]! / n, current[k]! / m];
    if (p + q > 0) sum += (p - q) ** 2 / (p + q);
  }
  return min(1, sqrt(sum / 2));
};
