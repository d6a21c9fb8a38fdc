/** What drift is simulated on: four laws, drawn from a stream, moved by shares of their standard deviation. */
import { normalQuantile } from '../../src/statistics';
import type { DriftColumn, FeatureKind } from '../../src/statistics';
import type { Random } from './random';

/** A law by name. */
export type LawName = 'normal' | 'lognormal' | 'five' | 'fifty';

/** How a law is named and drawn. */
export interface Law {
  readonly title: string;
  readonly kind: FeatureKind;
  /** One value: a number, or the code of a category. */
  readonly draw: (random: Random, shift: number) => number;
  readonly categories: number;
}

const SIGMA = 1.5;
/** Standard deviation of the lognormal law with that σ. */
const SPREAD = Math.sqrt(Math.expm1(SIGMA ** 2) * Math.exp(SIGMA ** 2));

/** A standard normal cut at its quantiles: to move it is to move the shares of all categories in one way. */
function categories(title: string, shares: readonly number[]): Law {
  let sum = 0;
  const cuts = Float64Array.from(shares.slice(0, -1), (share) => normalQuantile((sum += share)));
  const draw = (random: Random, shift: number) => {
    const value = random.normal() + shift;
    let [low, high] = [0, cuts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cuts[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { title, kind: 'categorical', draw, categories: shares.length };
}

const HARMONIC = Array.from({ length: 50 }, (_, k) => 1 / (k + 1));
const HARMONIC_SUM = HARMONIC.reduce((sum, weight) => sum + weight, 0);

export const LAWS: Readonly<Record<LawName, Law>> = {
  normal: {
    title: 'normal',
    kind: 'numeric',
    draw: (random, shift) => random.normal() + shift,
    categories: 0,
  },
  lognormal: {
    title: 'lognormal, σ 1.5',
    kind: 'numeric',
    draw: (random, shift) => Math.exp(SIGMA * random.normal()) + shift * SPREAD,
    categories: 0,
  },
  five: categories('5 categories, .4 .25 .2 .1 .05', [0.4, 0.25, 0.2, 0.1, 0.05]),
  fifty: categories(
    '50 categories, shares as 1/k',
    HARMONIC.map((weight) => weight / HARMONIC_SUM),
  ),
};

/** So many values, as numbers. */
export function valuesOf({ draw }: Law, n: number, random: Random, shift = 0): Float64Array {
  const values = new Float64Array(n);
  for (let row = 0; row < n; row += 1) values[row] = draw(random, shift);
  return values;
}

/** The same as the column of a table. */
export function columnOf({ kind, categories: size }: Law, values: Float64Array): DriftColumn {
  if (kind === 'numeric') return values;
  return { codes: Uint8Array.from(values), names: Array.from({ length: size }, (_, code) => String(code)) };
}
