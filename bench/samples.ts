import { seeded } from './library';

/** A law that draws numbers. */
export type Law = () => number;

/** N(0, 1), seeded; both values of a Box-Muller pair are used. */
export function normalLaw(seed: number): Law {
  const random = seeded(seed);
  let spare = NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Two samples, the second moved. */
export type Pair = readonly [Float64Array, Float64Array];

function pairOf(n: number, law: Law, change: (value: number) => number): Pair {
  const first = Float64Array.from({ length: n }, law);
  return [first, Float64Array.from({ length: n }, () => change(law()))];
}

/** The pairs that kernels are measured with, n a side. */
export const PAIRS: Readonly<Record<string, (n: number) => Pair>> = {
  'N(0,1), N(.02,1)': (n) => pairOf(n, normalLaw(1), (value) => value + 0.02),
  'Cauchy, moved .02': (n) => {
    const random = seeded(2);
    return pairOf(
      n,
      () => Math.tan(Math.PI * (random() - 0.5)),
      (value) => value + 0.02,
    );
  },
  'lognormal σ 3, moved .02 in the logarithm': (n) => {
    const normal = normalLaw(3);
    return pairOf(
      n,
      () => Math.exp(3 * normal()),
      (value) => value * Math.exp(0.06),
    );
  },
  '100 tied values': (n) => {
    const random = seeded(4);
    return pairOf(
      n,
      () => Math.floor(100 * random()),
      (value) => value,
    );
  },
  'normal with one outlier of 1e12': (n) => {
    const pair = pairOf(n, normalLaw(5), (value) => value + 0.02);
    pair[0][n >> 1] = 1e12;
    return pair;
  },
};
