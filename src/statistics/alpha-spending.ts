import { normalDensity, normalQuantile, normalSurvival } from './normal';

/** One analysis: when it falls and what it knows. */
export interface SpendingLook {
  /** The share of the planned time, in (0, 1]: how much α may be spent by then. */
  readonly fraction: number;
  /** Observed rows: how the statistics of the looks correlate. */
  readonly information: number;
}

/** The bound of a look. */
export type SpendingBound =
  | { readonly status: 'ok'; readonly bound: number; readonly spent: number }
  | { readonly status: 'no-information' | 'no-new-information' };

/** Points of the density's grid, and how far it reaches in standard deviations. */
const POINTS = 801;
const REACH = 8;
/** No statistic reaches this; a bound beyond it would only be a way to write infinity. */
const NEVER = 12;

/**
 * Bounds on |z| of a group-sequential test: Lan-DeMets spending of O'Brien-Fleming type, α/2 a side,
 * α*(t) = 4(1 − Φ(z_{α/4}/√t)). A look without new rows gets no bound and spends nothing.
 * @throws RangeError when alpha is not in (0, 1) or a fraction is no number
 * @see Lan, DeMets (1983); Armitage, McPherson, Rowe (1969) for the recursion
 * @example five even looks at α .05: 4.877 3.357 2.680 2.290 2.031
 */
export function spendingBounds(plan: {
  readonly alpha: number;
  readonly looks: readonly SpendingLook[];
}): SpendingBound[] {
  let last: { readonly pending: Pending; readonly edge: number } | null = null;
  let information = 0;
  let spent = 0;
  return plan.looks.map((look) => {
    if (!(look.information > 0 && look.information < Infinity)) return { status: 'no-information' };
    if (look.information <= information) return { status: 'no-new-information' };
    const total = spentBy(plan.alpha, look.fraction);
    // Only a look with a successor needs its density: the most costly step.
    const previous = last === null ? null : cut(last.pending, last.edge);
    const pending = { previous, spread: Math.sqrt(look.information - information) };
    const root = Math.sqrt(look.information);
    const bound = boundFor(pending, Math.max(0, total - spent), root);
    last = { pending, edge: bound * root };
    information = look.information;
    spent = Math.max(spent, total);
    return { status: 'ok', bound, spent };
  });
}

/** Cumulative two-sided α by a share of the planned time. */
function spentBy(alpha: number, fraction: number): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha is ${alpha}: expected a number between 0 and 1`);
  if (Number.isNaN(fraction)) throw new RangeError(`fraction is ${fraction}: expected a share of the planned time`);
  if (fraction <= 0) return 0;
  if (fraction >= 1) return alpha;
  const quantile = -normalQuantile(alpha / 4);
  return Math.min(alpha, 4 * normalSurvival(quantile / Math.sqrt(fraction)));
}

/** Sub-density of the score S = z√I on an even grid, for paths that have not crossed yet. */
interface Density {
  readonly start: number;
  readonly step: number;
  readonly values: Float64Array;
}

/** What crosses at score x is the integral of the present density against the tail of the increment. */
interface Pending {
  readonly previous: Density | null;
  readonly spread: number;
}

/** P(S > x) for paths that have not crossed before, the upper side, and the density of S at x. */
function crossing({ previous, spread }: Pending, x: number): { readonly tail: number; readonly density: number } {
  if (previous === null) return { tail: normalSurvival(x / spread), density: normalDensity(x / spread) / spread };
  let [tail, density] = [0, 0];
  for (let index = 0; index < POINTS; index += 1) {
    const distance = (x - previous.start - index * previous.step) / spread;
    const mass = weight(index) * previous.values[index]!;
    tail += mass * normalSurvival(distance);
    density += mass * normalDensity(distance);
  }
  return { tail: (tail * previous.step) / 3, density: (density * previous.step) / (3 * spread) };
}

/** Simpson's weights. */
function weight(index: number): number {
  if (index === 0 || index === POINTS - 1) return 1;
  return index % 2 === 1 ? 4 : 2;
}

/** The bound that spends alpha: Newton on ln P, held inside a bracket that halves where a step would leave it. */
function boundFor(pending: Pending, alpha: number, root: number): number {
  let [low, high, bound] = [0, NEVER, 2];
  if (2 * crossing(pending, NEVER * root).tail >= alpha) return NEVER;
  for (let step = 0; step < 100; step += 1) {
    const { tail, density } = crossing(pending, bound * root);
    if (2 * tail > alpha) low = bound;
    else high = bound;
    const newton = bound + (Math.log((2 * tail) / alpha) * tail) / (density * root);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - bound) < 1e-14) break;
    bound = next;
  }
  return bound;
}

/** The density of the paths that stay within ±edge: symmetric, so half of it is computed. */
function cut({ previous, spread }: Pending, edge: number): Density {
  const deviation = previous === null ? spread : Math.hypot(spread, -previous.start);
  const reach = Math.min(edge, REACH * deviation);
  const step = (2 * reach) / (POINTS - 1);
  const values = new Float64Array(POINTS);
  const masses = previous?.values.map((value, index) => weight(index) * value);
  for (let index = 0; index <= (POINTS - 1) / 2; index += 1) {
    const x = -reach + index * step;
    let density = normalDensity(x / spread) / spread;
    if (previous !== null && masses !== undefined) {
      let sum = 0;
      for (let from = 0; from < POINTS; from += 1) {
        const distance = (x - previous.start - from * previous.step) / spread;
        sum += masses[from]! * Math.exp(-0.5 * distance * distance);
      }
      density = (sum * previous.step) / (3 * spread * Math.sqrt(2 * Math.PI));
    }
    values[index] = density;
    values[POINTS - 1 - index] = density;
  }
  return { start: -reach, step, values };
}
