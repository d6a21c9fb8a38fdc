import type { Interval } from '../result';
import { wilsonInterval } from './proportion-interval';
import type { Proportion } from './sums';
import { criticalValue, intervalAround } from './tails';

/** Ways to an interval of a difference of two proportions. */
export type DifferenceIntervalMethod = 'newcombe' | 'wald' | 'agresti-caffo';

/**
 * The two-sided interval of a difference of two proportions, treatment minus control.
 * @see Newcombe (1998), method 10; Agresti, Caffo (2000)
 */
export function differenceInterval(
  control: Proportion,
  treatment: Proportion,
  alpha: number,
  method: DifferenceIntervalMethod,
): Interval {
  const more = method === 'agresti-caffo' ? 1 : 0;
  const share = ({ n, successes }: Proportion) => (successes + more) / (n + 2 * more);
  const [p1, p2] = [share(control), share(treatment)];
  const difference = p2 - p1;
  if (method === 'newcombe') {
    const [low1, high1] = wilsonInterval(control, alpha);
    const [low2, high2] = wilsonInterval(treatment, alpha);
    const [below, above] = [Math.hypot(p2 - low2, high1 - p1), Math.hypot(high2 - p2, p1 - low1)];
    return { low: difference - below, high: difference + above, level: 1 - alpha, method };
  }
  const part = (p: number, { n }: Proportion) => (p * (1 - p)) / (n + 2 * more);
  const reach = criticalValue(alpha / 2, null) * Math.sqrt(part(p1, control) + part(p2, treatment));
  return intervalAround(difference, reach, 'two-sided', alpha, method);
}
