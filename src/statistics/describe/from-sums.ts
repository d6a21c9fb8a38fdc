import { requireCount, requireFinite } from '../arguments';
import type { CoMoments } from './co-moments';
import type { Moments } from './moments';

/** The smallest double with all its digits: squares below it are lost. */
const SMALLEST = 2 ** -1022;

/** How an error calls one of the sums, where the caller's own arguments go by other names. */
type Say = (sum: string) => string;
const asIs: Say = (sum) => sum;

/** What adding n doubles one by one may be off by (Higham 2002, §4.2), but never much of the sum itself. */
function slackOf(n: number, sum: number): number {
  return Math.min(1e-6, Math.max(1e-12, 4 * n * Number.EPSILON)) * sum + n * SMALLEST;
}

/**
 * Mean and m2 from what a query returns: count, sum and sum of squares. Rounding may leave Σx² a hair below (Σx)²/n,
 * which counts as no spread. Where the mean dwarfs the spread the difference has few digits left: prefer `momentsOf`.
 * @param sums n rows, Σx in the values' unit, Σx² in its square
 * @param say what errors call `n`, `sum` and `sumSquares`, where the caller has other names for them
 * @throws RangeError on sums no n values can have, such as Σx² clearly below (Σx)²/n
 * @see Chan, Golub & LeVeque (1983), the textbook algorithm
 * @example momentsFromSums({ n: 8, sum: 40, sumSquares: 232 }) // { n: 8, mean: 5, m2: 32 }
 */
export function momentsFromSums(
  sums: { readonly n: number; readonly sum: number; readonly sumSquares: number },
  say: Say = asIs,
): Pick<Moments, 'n' | 'mean'> & { readonly m2: number } {
  const n = count(sums.n, say);
  const sum = finite('sum', sums.sum, say);
  return { n, mean: n === 0 ? 0 : sum / n, m2: centred(n, ['sum', sum], ['sumSquares', sums.sumSquares], say) };
}

/**
 * Co-moments from raw sums over pairs. Clamps like `momentsFromSums`, and keeps |cXY| within √(m2X·m2Y).
 * @param say what errors call `n` and the five sums, where the caller has other names for them
 * @throws RangeError on sums no n pairs can have
 * @see Chan, Golub & LeVeque (1983), the textbook algorithm
 * @example coMomentsFromSums({ n: 4, sumX: 10, sumY: 20, sumXX: 30, sumYY: 126, sumXY: 61 })
 * // { n: 4, dropped: 0, meanX: 2.5, meanY: 5, m2X: 5, m2Y: 26, cXY: 11 }
 */
export function coMomentsFromSums(
  sums: {
    readonly n: number;
    readonly sumX: number;
    readonly sumY: number;
    readonly sumXX: number;
    readonly sumYY: number;
    readonly sumXY: number;
  },
  say: Say = asIs,
): CoMoments & { readonly m2X: number; readonly m2Y: number; readonly cXY: number } {
  const n = count(sums.n, say);
  const [sumX, sumY] = [finite('sumX', sums.sumX, say), finite('sumY', sums.sumY, say)];
  const m2X = centred(n, ['sumX', sumX], ['sumXX', sums.sumXX], say);
  const m2Y = centred(n, ['sumY', sumY], ['sumYY', sums.sumYY], say);
  const raw = finite('sumXY', sums.sumXY, say) - (n === 0 ? 0 : (sumX / n) * sumY);
  const bound = Math.sqrt(m2X) * Math.sqrt(m2Y);
  // Cauchy and Schwarz for the largest spreads that the sums allow: a clamped one leaves its rounding in the product.
  const allowed = Math.sqrt(m2X + slackOf(n, sums.sumXX)) * Math.sqrt(m2Y + slackOf(n, sums.sumYY));
  if (!(Math.abs(raw) <= allowed))
    throw new RangeError(
      `${say('sumXY')} is ${sums.sumXY}: expected a centred sum of at most √(m2X·m2Y) = ${bound}, it is ${raw}`,
    );
  const cXY = Math.min(bound, Math.max(-bound, raw));
  return { n, dropped: 0, meanX: n === 0 ? 0 : sumX / n, meanY: n === 0 ? 0 : sumY / n, m2X, m2Y, cXY };
}

function finite(name: string, value: number, say: Say): number {
  // The name is made up only when there is something to say.
  return Number.isFinite(value) ? value : requireFinite(say(name), value);
}

function count(n: number, say: Say): number {
  return Number.isSafeInteger(n) && n >= 0 ? n : requireCount(say('n'), n);
}

function centred(n: number, [ofSum, sum]: [string, number], [name, squares]: [string, number], say: Say): number {
  finite(name, squares, say);
  if (n === 0) {
    if (sum !== 0 || squares !== 0)
      throw new RangeError(`${say(ofSum)} is ${sum}, ${say(name)} ${squares}: expected 0 for n = 0`);
    return 0;
  }
  const least = (sum / n) * sum;
  const difference = squares - least;
  const slack = slackOf(n, Math.max(0, squares));
  if (!(difference >= -slack))
    throw new RangeError(
      `${say(name)} is ${squares}: expected at least ${say(ofSum)}²/n = ${least}, no ${n} values have these sums`,
    );
  if (n === 1 && difference > slack)
    throw new RangeError(`${say(name)} is ${squares}: expected ${say(ofSum)}² = ${least}, as n is 1`);
  return n === 1 ? 0 : Math.max(0, difference);
}
