import { requireShare } from '../arguments';
import { beta, incompleteBeta } from '../distributions/beta';
import { deviance } from '../distributions/log-gamma';
import type { Effect, Interval } from '../result';
import { requireSuccesses } from './sums';
import type { Proportion } from './sums';

/** Posteriors of two proportions. */
export interface BetaBinomialResult {
  readonly status: 'ok';
  readonly method: string;
  readonly n: readonly [number, number];
  /** Probability that the treatment's proportion is the larger. */
  readonly chanceToWin: number;
  /** Difference of the posterior means; its law has no closed form, so it has no interval. */
  readonly effect: Effect;
  readonly posteriorMeans: readonly [number, number];
  /** Central credible intervals, control and treatment. */
  readonly intervals: readonly [Interval, Interval];
  /** What is lost on average, in proportion, by choosing an arm where the other's proportion is larger. */
  readonly expectedLoss: { readonly control: number; readonly treatment: number };
  readonly notes: readonly string[];
}

interface Shapes {
  readonly a: number;
  readonly b: number;
}

/**
 * Two proportions under Beta priors: chance to win and expected loss, for counts of any size (the normal posterior of
 * `bayesianCompare` needs large ones). Without a row the posterior is the prior.
 * @param options.prior the two shapes of the Beta prior of either arm; (1, 1) is flat
 * @throws RangeError on counts that no rows can have or shapes below .05
 * @see Miller (2015) and Stucchio (2015) for the quantities; here by quadrature, so that shapes need not be whole
 * @example betaBinomialCompare({ n: 200, successes: 20 }, { n: 200, successes: 30 }).chanceToWin // 0.933305…
 */
export function betaBinomialCompare(
  control: Proportion,
  treatment: Proportion,
  options: { readonly prior?: readonly [number, number]; readonly alpha?: number } = {},
): BetaBinomialResult {
  const { prior = [1, 1], alpha = 0.05 } = options;
  requireSuccesses('control', control);
  requireSuccesses('treatment', treatment);
  requireShare('alpha', alpha);
  requireShape('prior[0]', prior[0]);
  requireShape('prior[1]', prior[1]);
  const shapes = ({ n, successes }: Proportion) => ({ a: prior[0] + successes, b: prior[1] + n - successes });
  const [first, second] = [shapes(control), shapes(treatment)];
  const means = [first.a / (first.a + first.b), second.a / (second.a + second.b)] as const;
  return {
    status: 'ok',
    method: `beta-binomial, prior Beta(${prior[0]}, ${prior[1]})`,
    n: [control.n, treatment.n],
    chanceToWin: chanceAbove(second, first),
    effect: { name: 'difference of posterior means', value: means[1] - means[0], interval: null },
    posteriorMeans: means,
    intervals: [credible(first, alpha), credible(second, alpha)],
    expectedLoss: { control: expectedExcess(second, first), treatment: expectedExcess(first, second) },
    notes: [],
  };
}

/** A prior with less would have mass where doubles have no proportions left. */
const LEAST = 0.05;

function requireShape(name: string, shape: number): void {
  if (!(shape >= LEAST && shape < Infinity)) throw new RangeError(`${name} is ${shape}: expected at least ${LEAST}`);
}

function credible({ a, b }: Shapes, alpha: number): Interval {
  const law = beta(a, b);
  const [low, high] = [law.quantile(alpha / 2), law.survivalQuantile(alpha / 2)];
  return { low, high, level: 1 - alpha, method: 'credible, beta' };
}

/** E[max(X − Y, 0)] = E[X] P(X⁺ > Y) − E[Y] P(X > Y⁺), where ⁺ has one success more. */
function expectedExcess(x: Shapes, y: Shapes): number {
  const more = ({ a, b }: Shapes) => ({ a: a + 1, b });
  const [meanX, meanY] = [x.a / (x.a + x.b), y.a / (y.a + y.b)];
  return Math.max(0, meanX * chanceAbove(more(x), y) - meanY * chanceAbove(x, more(y)));
}

/** P(X > Y), averaging the wider law's tail over the narrower one, which is the smooth way round. */
function chanceAbove(x: Shapes, y: Shapes): number {
  const narrowness = ({ a, b }: Shapes) => 1 / (1 / a + 1 / b);
  if (narrowness(y) >= narrowness(x)) return averageOver(y, (at, rest) => incompleteBeta(x.a, x.b, at, rest).upper);
  return averageOver(x, (at, rest) => incompleteBeta(y.a, y.b, at, rest).lower);
}

/** Beyond this fall of the logarithm a term is nothing. */
const NOTHING = -40;
/** No double holds a probability with such a logarithm. */
const UNDERFLOW = -1e5;

/**
 * The mean of exp(logTail) over a Beta law by the trapezoidal rule in ln(x/(1 − x)), where the density is a bell that
 * falls to nothing on both sides: the rule converges geometrically. Where the laws lie far apart the terms are largest
 * far from the density's peak, so they are followed until both have fallen.
 */
function averageOver({ a, b }: Shapes, logTail: (x: number, rest: number) => number): number {
  const step = Math.min(0.25, Math.sqrt(1 / a + 1 / b) / 3);
  const peak = Math.log(a / b);
  const terms: number[] = [];
  let [mass, most] = [0, -Infinity];
  const add = (place: number): boolean => {
    const [x, rest] = [1 / (1 + Math.exp(-place)), 1 / (1 + Math.exp(place))];
    // ln of x^a (1 − x)^b against its peak.
    const logWeight = -deviance(a, (a + b) * x) - deviance(b, (a + b) * rest);
    if (!(logWeight > UNDERFLOW)) return false;
    const term = logWeight + logTail(x, rest);
    const rises = term > (terms.at(-1) ?? -Infinity);
    mass += Math.exp(logWeight);
    terms.push(term);
    most = Math.max(most, term);
    return logWeight > NOTHING || rises || term > most + NOTHING;
  };
  add(peak);
  for (let k = 1; add(peak + k * step); k += 1);
  for (let k = 1; add(peak - k * step); k += 1);
  if (most === -Infinity) return 0;
  const sum = terms.reduce((total, term) => total + Math.exp(term - most), 0);
  return Math.min(1, Math.exp(most + Math.log(sum / mass)));
}
