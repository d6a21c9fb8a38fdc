/** Fast seeded draws for simulations: one stream per name, the same on every machine and in every worker. */
import { logGamma } from '../../src/statistics';

/** A stream of random numbers. */
export interface Random {
  /** A whole number in [0, 2³²). */
  uint32(): number;
  /** In (0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Successes among n. */
  binomial(n: number, p: number): number;
}

/** Below this mean a binomial is drawn by adding up probabilities, above by rejection. */
const FEW = 10;

/**
 * The stream of a name: sfc32, its state filled by FNV-1a over the name and its seed.
 * @see Doty-Humphrey, PractRand, for sfc32; Marsaglia, Bray (1964) for the normal
 */
export function randomOf(name: string): Random {
  const uint32 = sfc32(name);
  // Half a step above 0, so that logarithms are finite.
  const uniform = () => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6) + 0.5) / 0x20000000000000;
  let spare: number | null = null;
  const normal = () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
  const binomial = (n: number, p: number): number => {
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n === 0 || p <= 0) return 0;
    return n * p < FEW ? byInversion(uniform, n, p) : byRejection(uniform, n, p);
  };
  return { uint32, uniform, normal, binomial };
}

function sfc32(name: string): () => number {
  let hash = 0x811c9dc5;
  const word = (seed: number) => {
    for (let k = 0; k < name.length; k += 1) hash = Math.imul(hash ^ name.charCodeAt(k), 0x01000193);
    hash = Math.imul(hash ^ seed, 0x01000193);
    return hash;
  };
  let [a, b, c, counter] = [word(1), word(2), word(3), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // Names that differ in one letter have grown apart after a dozen steps.
  for (let step = 0; step < 15; step += 1) next();
  return next;
}

function byInversion(uniform: () => number, n: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let left = uniform();
  let k = 0;
  while (left > probability && k < n) {
    left -= probability;
    k += 1;
    probability *= (odds * (n - k + 1)) / k;
  }
  return k;
}

/** @see Hörmann (1993), "The generation of binomial random variates", algorithm BTRS */
function byRejection(uniform: () => number, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const squeeze = 0.92 - 4.2 / b;
  const scale = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  const logFactorials = (k: number) => logGamma(k + 1) + logGamma(n - k + 1);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + n * p + 0.5);
    if (edge >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const accepted = Math.log((v * scale) / (a / (edge * edge) + b));
    if (accepted <= logFactorials(mode) - logFactorials(k) + (k - mode) * logOdds) return k;
  }
}
