import { requireNumber, requirePositive, requireProbability } from '../arguments';

/** What every distribution here answers; the tails and the logarithms are computed in their own right. */
export interface Distribution {
  /** Density, or for a discrete distribution the probability of x. */
  readonly density: (x: number) => number;
  readonly logDensity: (x: number) => number;
  /** P(X ≤ x). */
  readonly cdf: (x: number) => number;
  readonly logCdf: (x: number) => number;
  /** P(X > x), never 1 − cdf. */
  readonly survival: (x: number) => number;
  readonly logSurvival: (x: number) => number;
  /** The least x with P(X ≤ x) ≥ p. */
  readonly quantile: (p: number) => number;
  /** The least x with P(X > x) ≤ p: for a tail far smaller than 1 − p can say. */
  readonly survivalQuantile: (p: number) => number;
}

/** ln P(X ≤ x) and ln P(X > x). */
export interface LogTails {
  readonly lower: number;
  readonly upper: number;
}

/** Log densities below this are log tails to every digit, and their slopes may exceed a double. */
export const FAR = -1e17;

/** The parts from which a continuous distribution is made. */
export interface ContinuousParts {
  readonly support: readonly [number, number];
  readonly logDensity: (x: number) => number;
  readonly tails: (x: number) => LogTails;
  /** A guess at the quantile, for the solver to start from. */
  readonly start: (p: number) => number;
}

/** Shapes beyond this leave no room for their sums. */
const LARGEST_SHAPE = 1e300;

/** A shape or a number of degrees of freedom. */
export function requireShape(name: string, value: number): number {
  if (requirePositive(name, value) <= LARGEST_SHAPE) return value;
  throw new RangeError(`${name} is ${value}: expected at most ${LARGEST_SHAPE}`);
}

/** A continuous distribution from its log density and its log tails. */
export function continuous(parts: ContinuousParts): Distribution {
  const { support, logDensity, tails } = parts;
  const at = (x: number, side: keyof LogTails): number => {
    requireNumber('x', x);
    if (x <= support[0]) return side === 'lower' ? -Infinity : 0;
    if (x >= support[1]) return side === 'lower' ? 0 : -Infinity;
    return tails(x)[side] + 0;
  };
  const solve = (p: number, side: keyof LogTails): number => {
    requireProbability('p', p);
    const [none, all] = side === 'lower' ? support : [support[1], support[0]];
    if (p === 0) return none;
    if (p === 1) return all;
    return solveTail(parts, p, side);
  };
  return {
    density: (x) => Math.exp(logDensity(requireNumber('x', x))),
    logDensity: (x) => logDensity(requireNumber('x', x)),
    cdf: (x) => Math.exp(at(x, 'lower')),
    logCdf: (x) => at(x, 'lower'),
    survival: (x) => Math.exp(at(x, 'upper')),
    logSurvival: (x) => at(x, 'upper'),
    quantile: (p) => solve(p, 'lower'),
    survivalQuantile: (p) => solve(p, 'upper'),
  };
}

/** A log tail this near to the one looked for is one step away from it. */
const NEAR = 1e-8;
/** Steps out of an open bracket multiply by no more. */
const LEAP = 1e6;

/**
 * Newton on the logarithm of the smaller tail, inside a bracket that narrows where a step would leave it; in ln x
 * for a lower tail that starts at 0, because that tail is a power of x.
 */
function solveTail({ support, logDensity, tails, start }: ContinuousParts, p: number, side: keyof LogTails): number {
  // The smaller of the two tails says most: near p = 1 the other one is solved for.
  const swap = p > 0.5;
  const solved = swap ? (side === 'lower' ? 'upper' : 'lower') : side;
  const target = swap ? Math.log1p(-p) : Math.log(p);
  const rising = solved === 'lower';
  const power = rising && support[0] === 0;
  let [low, high] = support;
  let x = start(rising ? Math.exp(target) : -Math.expm1(target));
  if (!(x > low && x < high)) x = inside(low, high);
  for (let step = 0; step < 200; step += 1) {
    const tail = tails(x)[solved];
    const excess = tail - target;
    if (excess > 0 === rising) high = x;
    else low = x;
    // d ln tail / dx = ± density / tail
    const slope = Math.exp(logDensity(x) - tail) * (rising ? 1 : -1);
    const newton = power ? x * Math.exp(-excess / slope / x) : x - excess / slope;
    // So near, a step squares the error: what is left is below a rounding, and the bracket would be one of noise.
    if (Math.abs(excess) < NEAR) return newton > support[0] && newton < support[1] ? newton : x;
    const next = newton > low && newton < high ? newton : inside(low, high);
    if (!(Math.abs(next - x) > 4e-16 * Math.abs(next))) return next;
    x = next;
  }
  return x;
}

/** A point between two ends that may be infinite; magnitudes are halved on a log scale where they are far apart. */
function inside(low: number, high: number): number {
  if (low === -Infinity && high === Infinity) return 0;
  if (high === Infinity) return low > 0 ? Math.min(Number.MAX_VALUE, low * Math.min(LEAP, low + 2)) : low + 1;
  if (low === -Infinity) return -inside(-high, Infinity);
  if (low > 0 && high / low > 4) return Math.sqrt(low) * Math.sqrt(high);
  if (high < 0 && low / high > 4) return -Math.sqrt(-low) * Math.sqrt(-high);
  if (low === 0 && high > 0) return high < 0.5 ? high * high : high / 4;
  if (high === 0 && low < 0) return low > -0.5 ? -low * low : low / 4;
  return low + (high - low) / 2;
}

/** ln(1 − e^x) for x ≤ 0, without loss at either end. */
export function log1mExp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}
