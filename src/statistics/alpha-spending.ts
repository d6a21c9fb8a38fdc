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
 * @see Lan, DeMets (1983); Armitage, McPherson, Rowe (1969) for the recursion
 * @example five even looks at α .05: 4.877 3.357 2.680 2.290 2.031
 */
export function spendingBounds(plan: {
  readonly alpha: number;
  readonly looks: readonly SpendingLook[];
}): SpendingBound[] {
  let density: Density | null = null;
  let information = 0;
  let spent = 0;
  return plan.looks.map((look) => {
    if (look.information <= 0) return { status: 'no-information' };
    if (look.information <= information) return { status: 'no-new-information' };
    const total = spentBy(plan.alpha, look.fraction);
    const next = advance(density, information, look.information);
    const bound = boundFor(next, Math.max(0, total - spent), Math.sqrt(look.information));
    density = cut(next, bound * Math.sqrt(look.information));
    information = look.information;
    spent = Math.max(spent, total);
    return { status: 'ok', bound, spent };
  });
}

/** Cumulative two-sided α by a share of the planned time. */
function spentBy(alpha: number, fraction: number): number {
  const quantile = -normalQuantile(alpha / 4);
  return Math.min(alpha, 4 * normalSurvival(quantile / Math.sqrt(Math.min(1, fraction))));
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

function advance(previous: Density | null, from: number, to: number): Pending {
  return { previous, spread: Math.sqrt(to - from) };
}

/** P(S > x) for paths that have not crossed before; the upper side. */
function crossing({ previous, spread }: Pending, x: number): number {
  if (previous === null) return normalSurvival(x / spread);
  let sum = 0;
  previous.values.forEach((value, index) => {
    const score = previous.start + index * previous.step;
    sum += weight(index) * value * normalSurvival((x - score) / spread);
  });
  return (sum * previous.step) / 3;
}

/** Simpson's weights. */
function weight(index: number): number {
  if (index === 0 || index === POINTS - 1) return 1;
  return index % 2 === 1 ? 4 : 2;
}

function boundFor(pending: Pending, alpha: number, root: number): number {
  let [low, high] = [0, NEVER];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (2 * crossing(pending, middle * root) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The density of the paths that stay within ±edge. */
function cut({ previous, spread }: Pending, edge: number): Density {
  const deviation = previous === null ? spread : Math.hypot(spread, -previous.start);
  const reach = Math.min(edge, REACH * deviation);
  const step = (2 * reach) / (POINTS - 1);
  const values = Float64Array.from({ length: POINTS }, (_, index) => {
    const x = -reach + index * step;
    if (previous === null) return normalDensity(x / spread) / spread;
    let sum = 0;
    for (let from = 0; from < POINTS; from += 1) {
      const score = previous.start + from * previous.step;
      sum += weight(from) * previous.values[from]! * normalDensity((x - score) / spread);
    }
    return (sum * previous.step) / (3 * spread);
  });
  return { start: -reach, step, values };
}
