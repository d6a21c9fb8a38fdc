/** The recursion behind every bound on repeated looks: where the paths that have not crossed yet are. */
import { normalDensity, normalSurvival } from '../distributions/normal';

/** No double holds the tail beyond this; a bound farther out would only be a way to write infinity. */
export const FARTHEST_BOUND = 37;

/** Nodes and weights of Gauss-Legendre quadrature on [−1, 1], the positive half of ten. */
const NODES = [0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717];
const WEIGHTS = [
  0.29552422471475287, 0.26926671930999635, 0.21908636251598204, 0.1494513491505806, 0.06667134430868814,
];
/** Beyond this many standard deviations the density underflows to 0. */
const UNDERFLOW = 38.6;
/** And beyond this many it is below a rounding of the rest. */
const NEGLIGIBLE = 9;
/** One-sided paths that lie this far below 0 play no part in what crosses above. */
const LOWEST = 12;
/** Ten nodes hold a panel of this many standard deviations to 1e-12. */
const PANEL = 4;
/** More panels would only serve increments of a millionth of the information; those count as a little larger. */
const MOST_PANELS = 4_096;

/** The score S = z·√information of paths that have not crossed: a weighted sum over nodes stands for the integral. */
interface Survivors {
  readonly nodes: Float64Array;
  /** Density times the node's weight. */
  readonly masses: Float64Array;
}

/** A look in the past: what was known, and the score beyond which paths were taken out. */
interface Cut {
  readonly information: number;
  readonly edge: number;
}

/** Paths of a Brownian motion between two looks: cut at the past ones, on their way to the present. */
export interface Paths {
  /** 2: symmetric, so only scores ≥ 0 are kept and stand for both signs. */
  readonly sides: 1 | 2;
  readonly information: number;
  /** Standard deviation of the increment since the last look. */
  readonly spread: number;
  readonly cuts: readonly Cut[];
  /** null before the first cut: all paths start at 0. */
  readonly survivors: Survivors | null;
}

/** Paths from 0 to a first look. */
export function pathsTo(information: number, sides: 1 | 2): Paths {
  return { sides, information, spread: Math.sqrt(information), cuts: [], survivors: null };
}

/**
 * The same paths without those beyond `bound` (as a z) at the present look, on their way to one with more information.
 * @see Armitage, McPherson, Rowe (1969); Jennison, Turnbull (2000), chapter 19
 */
export function pathsOn(paths: Paths, bound: number, information: number): Paths {
  const root = Math.sqrt(paths.information);
  const edge = bound * root;
  const cuts = [...paths.cuts, { information: paths.information, edge }];
  const top = Math.min(edge, UNDERFLOW * root);
  const bottom = paths.sides === 2 ? 0 : Math.min(-LOWEST * root, top - root);
  const spread = Math.max(Math.sqrt(information - paths.information), (top - bottom) / (PANEL * MOST_PANELS));
  const survivors = integrated(paths, panels(bottom, top, paths, PANEL * spread));
  return { sides: paths.sides, information, spread, cuts, survivors };
}

/**
 * Panels on which density and next increment are smooth: none wider than the increments, nor than what lies around an
 * edge where paths were cut: there the density bends as sharply as the increments since are small.
 */
function panels(bottom: number, top: number, paths: Paths, widest: number): [number, number][] {
  const broad = Math.min(widest, 2 * Math.sqrt(paths.information));
  const fits = (from: number, to: number) =>
    to - from <= broad &&
    paths.cuts.every(({ information, edge }) => {
      const distance = Math.max(0, edge - to, from - edge);
      return to - from <= Math.max(2 * Math.sqrt(paths.information - information), distance);
    });
  const found: [number, number][] = [];
  const open: [number, number][] = [[bottom, top]];
  while (open.length > 0) {
    const [from, to] = open.pop()!;
    const middle = (from + to) / 2;
    if (fits(from, to) || !(from < middle && middle < to)) found.push([from, to]);
    else open.push([middle, to], [from, middle]);
  }
  return found;
}

/** Density of the present score at x, over paths that have not crossed before. */
export function densityAt({ survivors, spread, sides, information }: Paths, x: number): number {
  if (survivors === null) return normalDensity(x / spread) / spread;
  const { nodes, masses } = survivors;
  // Looked up once, not once a node.
  const { exp } = Math;
  // Paths that are now at z came from about z increments nearer to 0.
  const reach = (Math.abs(x) / Math.sqrt(information) + NEGLIGIBLE) * spread;
  let sum = 0;
  for (let k = firstAbove(nodes, x - reach); k < nodes.length && nodes[k]! < x + reach; k += 1) {
    const distance = (x - nodes[k]!) / spread;
    sum += masses[k]! * exp(-0.5 * distance * distance);
  }
  if (sides === 2) {
    for (let k = 0; k < nodes.length && nodes[k]! < reach - x; k += 1) {
      const distance = (x + nodes[k]!) / spread;
      sum += masses[k]! * exp(-0.5 * distance * distance);
    }
  }
  return sum / (spread * Math.sqrt(2 * Math.PI));
}

/** P(present score > x), over paths that have not crossed before: one side's share. */
export function tailBeyond({ survivors, spread, sides }: Paths, x: number): number {
  if (survivors === null) return normalSurvival(x / spread);
  const { nodes, masses } = survivors;
  let sum = 0;
  for (let k = 0; k < nodes.length; k += 1) {
    const near = normalSurvival((x - nodes[k]!) / spread);
    sum += masses[k]! * (sides === 2 ? near + normalSurvival((x + nodes[k]!) / spread) : near);
  }
  return sum;
}

/** Density times weight at ten nodes a panel. */
function integrated(paths: Paths, over: readonly (readonly [number, number])[]): Survivors {
  const nodes = new Float64Array(10 * over.length);
  const masses = new Float64Array(10 * over.length);
  over.forEach(([from, to], panel) => {
    const [middle, half] = [(from + to) / 2, (to - from) / 2];
    for (let k = 0; k < 5; k += 1) {
      for (const [at, sign] of [
        [5 + k, 1],
        [4 - k, -1],
      ] as const) {
        const x = middle + sign * half * NODES[k]!;
        nodes[10 * panel + at] = x;
        masses[10 * panel + at] = half * WEIGHTS[k]! * densityAt(paths, x);
      }
    }
  });
  return { nodes, masses };
}

function firstAbove(nodes: Float64Array, x: number): number {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The bound on z beyond which a share of all paths crosses at the present look, all sides together: Newton on ln P,
 * held inside a bracket that halves where a step would leave it.
 */
export function boundThatSpends(paths: Paths, share: number): number {
  const root = Math.sqrt(paths.information);
  const wanted = share / paths.sides;
  if (!(wanted > 0) || tailBeyond(paths, FARTHEST_BOUND * root) >= wanted) return FARTHEST_BOUND;
  let [low, high] = [paths.sides === 2 ? 0 : -FARTHEST_BOUND, FARTHEST_BOUND];
  let bound = 2;
  for (let step = 0; step < 200; step += 1) {
    const tail = tailBeyond(paths, bound * root);
    if (tail > wanted) low = bound;
    else high = bound;
    const newton = bound + (Math.log(tail / wanted) * tail) / (densityAt(paths, bound * root) * root);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - bound) < 1e-14 * Math.max(1, bound)) return next;
    bound = next;
  }
  return bound;
}
