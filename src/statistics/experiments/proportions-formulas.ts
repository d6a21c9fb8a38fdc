/** The formulas for two proportions, each with its inverses: units, power, and the proportion that is found. */
import { normalCdf } from '../distributions/normal';
import { leverage, reachOf } from './design';
import type { Design } from './design';
import { zPower, zShift } from './power-curve';
import { cohensH } from './proportions';

/** Formulas for two proportions. */
export type ProportionsFormula = 'fleiss' | 'unpooled' | 'cohen-h' | 'cohen-h-closed';

/** One formula, solved for each of its unknowns. */
export interface SolvedFormula {
  readonly method: string;
  readonly formula: string;
  /** Units in the control arm. */
  readonly units: (p1: number, effect: number, design: Design) => number;
  readonly power: (p1: number, effect: number, n: number, design: Design) => number;
  /** The smallest increase (sign 1) or decrease (−1) that is found; null where none is. */
  readonly effect: (p1: number, n: number, design: Design, sign: 1 | -1) => number | null;
}

function bySpread(pooled: boolean, method: string, formula: string): SolvedFormula {
  /** Standard deviations under equality and under the effect, times √n. */
  const spreads = (p1: number, effect: number, k: number): readonly [number, number] => {
    const p2 = p1 + effect;
    const own = Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2)) / k);
    const mean = (p1 + k * p2) / (1 + k);
    return [pooled ? Math.sqrt(mean * (1 - mean) * (1 + 1 / k)) : own, own];
  };
  return {
    method,
    formula,
    units: (p1, effect, design) => {
      const [za, zb] = reachOf(design);
      const [equal, own] = spreads(p1, effect, design.ratio);
      return ((za * equal + zb * own) / effect) ** 2;
    },
    power: (p1, effect, n, design) => {
      const [equal, own] = spreads(p1, effect, design.ratio);
      return normalCdf((Math.abs(effect) * Math.sqrt(n) - reachOf(design)[0] * equal) / own);
    },
    effect: (p1, n, design, sign) => {
      const [za, zb] = reachOf(design);
      const root = Math.sqrt(n);
      const gap = (size: number) => {
        const [equal, own] = spreads(p1, sign * size, design.ratio);
        return size * root - za * equal - zb * own;
      };
      const start = ((za + zb) / root) * Math.sqrt(p1 * (1 - p1) * (1 + 1 / design.ratio));
      const size = rising(gap, start, sign === 1 ? 1 - p1 : p1);
      return size === null ? null : sign * size;
    },
  };
}

/** The root of a function that is below 0 at 0, by regula falsi (Illinois) inside (0, most); null where it has none. */
function rising(gap: (effect: number) => number, start: number, most: number): number | null {
  let [low, high] = [0, most];
  let [below, above] = [gap(0), gap(most)];
  if (!(above > 0)) return null;
  let next = start < most ? start : most / 2;
  for (let step = 0; step < 200; step += 1) {
    const here = gap(next);
    if (here === 0) return next;
    if (here < 0) {
      if (low > 0) above /= 2;
      [low, below] = [next, here];
    } else {
      if (high < most) below /= 2;
      [high, above] = [next, here];
    }
    const chord = low + ((high - low) * below) / (below - above);
    if (Math.abs(chord - next) <= 1e-14 * next || high - low <= 1e-15 * high) return chord;
    next = chord > low && chord < high ? chord : (low + high) / 2;
  }
  return next;
}

function byAngle(closed: boolean, method: string, formula: string): SolvedFormula {
  const shift = (design: Design) => {
    const [za, zb] = reachOf(design);
    return closed ? za + zb : zShift(design);
  };
  return {
    method,
    formula,
    units: (p1, effect, design) => (shift(design) / cohensH(p1, p1 + effect, effect)) ** 2 * (1 + 1 / design.ratio),
    power: (p1, effect, n, design) => {
      const moved = Math.abs(cohensH(p1, p1 + effect, effect)) * leverage(n, design.ratio);
      return closed ? normalCdf(moved - reachOf(design)[0]) : zPower(moved, design);
    },
    effect: (p1, n, design, sign) => {
      const from = Math.asin(Math.sqrt(p1));
      const turn = (sign * shift(design)) / leverage(n, design.ratio) / 2;
      // sin²(from + turn) − sin²(from), without the difference.
      return from + turn > 0 && from + turn < Math.PI / 2 ? Math.sin(turn) * Math.sin(2 * from + turn) : null;
    },
  };
}

/** All of them, by name. */
export const PROPORTIONS_FORMULAS: Readonly<Record<ProportionsFormula, SolvedFormula>> = {
  fleiss: bySpread(
    true,
    'two proportions, pooled variance under equality (Fleiss)',
    'n = (z_α √(p̄q̄(1 + 1/k)) + z_power √(p₁q₁ + p₂q₂/k))² / (p₂ − p₁)², p̄ = (p₁ + k p₂)/(1 + k)',
  ),
  unpooled: bySpread(false, 'two proportions, separate variances', 'n = (z_α + z_power)² (p₁q₁ + p₂q₂/k) / (p₂ − p₁)²'),
  'cohen-h': byAngle(
    false,
    "two proportions, Cohen's h, both tails",
    'power = Q(z_α − δ) + Q(z_α + δ), δ = h √(n k/(1 + k)), h = 2 asin √p₂ − 2 asin √p₁; one tail for one side',
  ),
  'cohen-h-closed': byAngle(
    true,
    "two proportions, Cohen's h, closed form",
    'n = ((z_α + z_power)/h)² (1 + 1/k), h = 2 asin √p₂ − 2 asin √p₁',
  ),
};
