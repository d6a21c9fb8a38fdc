import { normalQuantile, normalSurvival } from '../distributions/normal';
import { studentTLogSurvival, studentTQuantile } from '../distributions/student-t';

/** From here on t and normal power differ by less than 1e-10, and the weights' exponents lose as much. */
const NORMAL_FREEDOM = 1e9;
/** A shift beyond this meets few degrees of freedom only, where the power is as good as a step. */
const FINEST = 300;
/** Beyond this fall of the logarithm the weight is nothing, to 1e-12. */
const NOTHING = -27;

/**
 * P(|T| > critical), or P(T > critical) for one side, of the noncentral t law T = (Z + shift)/√(χ²_ν/ν): the normal
 * tails averaged over ln √(χ²_ν/ν) by the trapezoidal rule, which converges geometrically because the weight is a bell
 * in that variable. Absolute error below 1e-10: made for power, not for tails.
 */
export function tPower(shift: number, critical: number, freedom: number, sides: 1 | 2): number {
  if (freedom > NORMAL_FREEDOM)
    return normalSurvival(critical - shift) + (sides === 2 ? normalSurvival(critical + shift) : 0);
  // As fine as the narrower of the two bells that are multiplied.
  const step = 0.85 / Math.sqrt(2 * freedom + Math.min(shift, FINEST) ** 2 + 1) / (freedom < 30 ? 2.5 : 1);
  // The far tail is at most Q(shift).
  const both = sides === 2 && shift < 8.5;
  let weights = 1;
  let sum = normalSurvival(critical - shift) + (both ? normalSurvival(critical + shift) : 0);
  for (const move of [Math.expm1(step), Math.expm1(-step)]) {
    // e^w − 1 by recurrence: one exponential a point instead of three.
    let [w, grown] = [0, 0];
    for (;;) {
      w += move > 0 ? step : -step;
      grown += move + grown * move;
      const log = freedom * (w - grown - (grown * grown) / 2);
      if (log < NOTHING) break;
      const weight = Math.exp(log);
      const bound = critical + critical * grown;
      weights += weight;
      sum += weight * (normalSurvival(bound - shift) + (both ? normalSurvival(bound + shift) : 0));
    }
  }
  return Math.min(1, sum / weights);
}

/** The expansion that `studentTQuantile` is above this is fast and exact. */
const LARGE_FREEDOM = 300;

/**
 * t beyond which one tail lies, for degrees of freedom that are near each other: Peizer and Pratt's deviate inverted.
 * Its small error, about c/ν², is found by the exact tail once and carried along.
 * @see Peizer, Pratt (1968)
 */
export function criticalT(tail: number): (freedom: number) => number {
  const z = -normalQuantile(tail);
  let [c, at] = [0, 0];
  return (freedom) => {
    if (freedom > LARGE_FREEDOM || freedom < 3 || tail < 1e-10 || z < 0.1) return -studentTQuantile(tail, freedom);
    const square = freedom * freedom;
    if (Math.abs(freedom - at) > freedom * Math.min(2e-3, 2e-8 * square)) {
      for (let [round, off] = [0, 1]; round < 20 && Math.abs(off) > 1e-10 * square; round += 1) {
        off = z + normalQuantile(Math.exp(studentTLogSurvival(deviate(z + c / square, freedom), freedom)));
        c += off * square;
      }
      at = freedom;
    }
    return deviate(z + c / square, freedom);
  };
}

function deviate(z: number, freedom: number): number {
  return Math.sqrt(freedom * Math.expm1((z / (freedom - 2 / 3 + 0.1 / freedom)) ** 2 * (freedom - 5 / 6)));
}
