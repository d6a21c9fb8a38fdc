import { requireCount, requireOneOf, requireShare } from '../arguments';
import { normalLogSurvival } from '../distributions/normal';
import { reportedP } from '../result';
import { requireSides } from './looks';
import { boundThatSpends, pathsOn, pathsTo, tailBeyond } from './surviving-paths';

/** Bounds for a fixed number of evenly spaced looks. */
export interface GroupSequentialBounds {
  readonly status: 'ok';
  readonly method: string;
  readonly design: 'pocock' | 'obrien-fleming';
  readonly alpha: number;
  readonly sides: 1 | 2;
  /** The bound of the last look: Pocock's C_P(K, α), O'Brien and Fleming's C_B(K, α). */
  readonly constant: number;
  /** One per look: it crosses when |z| (one-sided: z) reaches its bound. */
  readonly bounds: readonly number[];
  /** p of each bound itself, one- or two-sided as the design. */
  readonly nominalP: readonly number[];
  /** α spent up to and with each look. */
  readonly spent: readonly number[];
}

/** A year of daily looks: more would take seconds. */
const MOST_LOOKS = 366;

/**
 * The classical bounds for K looks at equal steps of information: the same z at every look (Pocock), or one that falls
 * as √(K/k) (O'Brien-Fleming). Where looks may be missed, moved or added, use `spendingBounds`.
 * @param plan.looks how many, the last one included: 1 to 366
 * @throws RangeError, TypeError when looks is no such count, alpha not in (0, 1), sides not 1 or 2
 * @see Pocock (1977); O'Brien, Fleming (1979); Jennison, Turnbull (2000), tables 2.1 and 2.3
 * @example groupSequentialBounds({ looks: 5, design: 'pocock' }).constant // 2.413
 * @example groupSequentialBounds({ looks: 5, design: 'obrien-fleming' }).bounds // [4.562, 3.226, 2.634, 2.281, 2.040]
 */
export function groupSequentialBounds(plan: {
  readonly looks: number;
  readonly design?: 'pocock' | 'obrien-fleming';
  readonly alpha?: number;
  readonly sides?: 1 | 2;
}): GroupSequentialBounds {
  const { looks, design = 'obrien-fleming', alpha = 0.05, sides = 2 } = plan;
  if (requireCount('looks', looks) < 1 || looks > MOST_LOOKS)
    throw new RangeError(`looks is ${looks}: expected 1 to ${MOST_LOOKS}`);
  requireOneOf('design', design, ['pocock', 'obrien-fleming']);
  requireShare('alpha', alpha);
  requireSides(sides);
  const shape = Array.from({ length: looks }, (_, k) => (design === 'pocock' ? 1 : Math.sqrt(looks / (k + 1))));
  const constant = constantOf(shape, alpha, sides);
  const bounds = shape.map((factor) => factor * constant);
  return {
    status: 'ok',
    method: `${design === 'pocock' ? 'Pocock' : "O'Brien-Fleming"}, ${looks} look${looks === 1 ? '' : 's'}, ${sides === 2 ? 'two-sided' : 'one-sided'}`,
    design,
    alpha,
    sides,
    constant,
    bounds,
    nominalP: bounds.map((bound) => reportedP(normalLogSurvival(bound) + Math.log(sides)).pValue),
    spent: crossingBy(bounds, sides),
  };
}

/** P(crossed by look k) under the null, for k = 1 … K. */
function crossingBy(bounds: readonly number[], sides: 1 | 2): number[] {
  let paths = pathsTo(1, sides);
  let crossed = 0;
  return bounds.map((bound, k) => {
    if (k > 0) paths = pathsOn(paths, bounds[k - 1]!, k + 1);
    crossed += sides * tailBeyond(paths, bound * Math.sqrt(k + 1));
    return crossed;
  });
}

/** The factor at which the looks cross with probability α: secant steps on ln P, inside a bracket. */
function constantOf(shape: readonly number[], alpha: number, sides: 1 | 2): number {
  const excess = (factor: number) => {
    const crossed = crossingBy(
      shape.map((part) => part * factor),
      sides,
    ).at(-1)!;
    return Math.log(crossed / alpha);
  };
  // One look alone is the lower end; a share α/K for each would be enough, so that is the upper end.
  let low = boundThatSpends(pathsTo(1, sides), alpha);
  let high = boundThatSpends(pathsTo(1, sides), alpha / shape.length);
  if (shape.length === 1) return low;
  let [above, below] = [excess(low), excess(high)];
  for (let step = 0; step < 60 && high - low > 1e-13; step += 1) {
    const secant = low + ((high - low) * above) / (above - below);
    const next = secant > low && secant < high ? secant : (low + high) / 2;
    const found = excess(next);
    if (Math.abs(found) < 1e-13) return next;
    // The Illinois rule: an end that stays loses half its weight, so that the other moves.
    if (found > 0) [low, above, below] = [next, found, below / 2];
    else [high, below, above] = [next, found, above / 2];
  }
  return (low + high) / 2;
}
