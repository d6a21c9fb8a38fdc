/** Power of z and t tests as a function of how far an effect moves the statistic, and the inverses. */
import { normalDensity, normalQuantile, normalSurvival } from '../distributions/normal';
import { leverage } from './design';
import type { Design } from './design';
import { criticalT, tPower } from './t-power';

/** Power of a z test whose statistic is moved by `shift`, the far tail counted. */
export function zPower(shift: number, { tail, sides }: Pick<Design, 'tail' | 'sides'>): number {
  const critical = -normalQuantile(tail);
  return normalSurvival(critical - shift) + (sides === 2 ? normalSurvival(critical + shift) : 0);
}

/** The shift at which a z test has the power. */
export function zShift(design: Design): number {
  const critical = -normalQuantile(design.tail);
  const start = critical + normalQuantile(design.power);
  return shiftFor(design, critical, start, (shift) => zPower(shift, design));
}

/**
 * The shift at which a t test with so many degrees of freedom has the power.
 * @see Abramowitz, Stegun (1964) 26.7.10, the normal approximation that it starts from
 */
export function tShift(design: Design, freedom: number): number {
  const critical = criticalT(design.tail)(freedom);
  const spread = Math.sqrt(1 + critical ** 2 / (2 * freedom));
  const start = Math.max(critical * (1 - 1 / (4 * freedom)) + normalQuantile(design.power) * spread, 1e-3);
  return shiftFor(design, critical, start, (shift) => tPower(shift, critical, freedom, design.sides));
}

function shiftFor(
  { power, sides }: Design,
  critical: number,
  start: number,
  powerAt: (shift: number) => number,
): number {
  return rising({
    start,
    low: 0,
    missing: (shift) => power - powerAt(shift),
    slope: (shift) => normalDensity(critical - shift) - (sides === 2 ? normalDensity(critical + shift) : 0),
  });
}

/** Units in the control arm at which a t test finds an effect of so many standard deviations. */
export function tUnits(effectSize: number, { ratio, power, tail, sides }: Design): number {
  const z = -normalQuantile(tail);
  const closed = ((z + normalQuantile(power)) / effectSize) ** 2 * (1 + 1 / ratio);
  const critical = criticalT(tail);
  const shiftAt = (n: number) => effectSize * leverage(n, ratio);
  const missing = (n: number) => {
    const freedom = n * (1 + ratio) - 2;
    return power - tPower(shiftAt(n), critical(freedom), freedom, sides);
  };
  // One degree of freedom is the least that a variance can be judged by.
  const low = 3 / (1 + ratio);
  // Guenther's correction of the normal formula for the estimated variance makes the start nearly right.
  const start = closed + (z * z) / (2 * (1 + ratio));
  if (start < 2 * low && missing(low) <= 0) return low;
  return rising({
    start: Math.max(start, 1.01 * low),
    low,
    missing,
    // More units move the statistic farther, and the critical value nearer.
    slope: (n) => normalDensity(z - shiftAt(n)) * (shiftAt(n) / (2 * n) + (z ** 3 + z) / (4 * n * n * (1 + ratio))),
  });
}

interface Rising {
  readonly start: number;
  readonly low: number;
  /** What the power lacks at a place: falls through 0. */
  readonly missing: (place: number) => number;
  /** Of the power, nearly: only the first step takes it. */
  readonly slope: (place: number) => number;
}

/** Secants from one step of Newton, inside a bracket that doubles or halves where a step would leave it. */
function rising({ start, low: least, missing, slope }: Rising): number {
  let [low, high, place] = [least, Infinity, start];
  let [lastPlace, lastLack, lastMove] = [NaN, NaN, NaN];
  for (let step = 0; step < 200; step += 1) {
    const lack = missing(place);
    if (lack === 0) return place;
    if (lack > 0) low = place;
    else high = place;
    const secant = (lastLack - lack) / (place - lastPlace);
    const tried = place + lack / (secant > 0 && secant < Infinity ? secant : slope(place));
    const next = tried > low && tried < high ? tried : high === Infinity ? place * 2 : (low + high) / 2;
    const move = Math.abs(next - place);
    // A secant's error is about the product of the last two moves.
    if (move <= 1e-13 * place || move * lastMove <= 1e-12 * place * place) return next;
    [lastPlace, lastLack, lastMove, place] = [place, lack, move, next];
  }
  return place;
}
