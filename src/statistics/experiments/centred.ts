/** Raw and centred sums brought to one form: everything below works on centred ones. */
import { requireCount, requireFinite } from '../arguments';
import type { CoMoments } from '../describe/co-moments';
import { coMomentsFromSums, momentsFromSums } from '../describe/from-sums';
import type { AdjustedMeanSums, CentredPairs, CentredSums, MeanSums, RatioSums } from './sums';

/** Below this share of Σx² a centred sum is what rounding left of a constant, or might be. */
export const NOTHING = 8 * Number.EPSILON;

const ADJUSTED: Readonly<Record<string, string>> = {
  sumX: 'covariate.sum',
  sumXX: 'covariate.sumSquares',
  sumY: 'sum',
  sumYY: 'sumSquares',
  sumXY: 'sumProducts',
};
const RATIO: Readonly<Record<string, string>> = {
  sumX: 'denominator.sum',
  sumXX: 'denominator.sumSquares',
  sumY: 'numerator.sum',
  sumYY: 'numerator.sumSquares',
  sumXY: 'sumProducts',
};

/**
 * Mean and m2 of an arm.
 * @throws RangeError on sums that no rows can have
 */
export function centredSums(arm: string, sums: MeanSums): CentredSums {
  if (!('sum' in sums)) {
    requireCentre(arm, 'mean', sums.n, sums.mean);
    requireSquares(arm, 'm2', sums.n, sums.m2);
    return sums;
  }
  const { n, mean, m2 } = momentsFromSums(sums, (name) => `${arm}.${name}`);
  return { n, mean, m2: m2 <= NOTHING * sums.sumSquares ? 0 : m2 };
}

/**
 * Co-moments of an arm's metric (y) and covariate, or numerator (y) and denominator.
 * @throws RangeError on sums that no rows can have
 */
export function centredPairs(arm: string, sums: AdjustedMeanSums | RatioSums): CoMoments {
  if ('meanX' in sums) return requirePairs(arm, sums);
  const { n, sumProducts: sumXY } = sums;
  const adjusted = sums.kind === 'adjusted-mean';
  const [x, y] = adjusted ? [sums.covariate, sums] : [sums.denominator, sums.numerator];
  if (x === undefined || y === undefined)
    throw new TypeError(`${arm} has neither raw nor centred sums: expected those of ${sums.kind}`);
  const raw = { n, sumX: x.sum, sumXX: x.sumSquares, sumY: y.sum, sumYY: y.sumSquares, sumXY };
  const names = adjusted ? ADJUSTED : RATIO;
  const found = coMomentsFromSums(raw, (name) => `${arm}.${names[name] ?? name}`);
  const [flatX, flatY] = [found.m2X <= NOTHING * x.sumSquares, found.m2Y <= NOTHING * y.sumSquares];
  if (!flatX && !flatY) return found;
  return { ...found, m2X: flatX ? 0 : found.m2X, m2Y: flatY ? 0 : found.m2Y, cXY: 0 };
}

function requirePairs(arm: string, sums: CentredPairs): CoMoments {
  const { n, meanX, meanY, m2X, m2Y, cXY } = sums;
  requireCentre(arm, 'meanX', n, meanX);
  requireCentre(arm, 'meanY', n, meanY);
  requireSquares(arm, 'm2X', n, m2X);
  requireSquares(arm, 'm2Y', n, m2Y);
  if (cXY !== null && !Number.isFinite(cXY)) requireFinite(`${arm}.cXY`, cXY);
  const bound = Math.sqrt(m2X ?? Infinity) * Math.sqrt(m2Y ?? Infinity);
  const size = Math.abs(cXY ?? 0);
  // Cauchy and Schwarz, with room for what rounding the means and squaring the smallest doubles leaves.
  const allowed = Math.sqrt((m2X ?? Infinity) + room(n, meanX)) * Math.sqrt((m2Y ?? Infinity) + room(n, meanY));
  if (size > allowed * (1 + 1e-6)) throw new RangeError(`${arm}.cXY is ${cXY}: expected at most √(m2X·m2Y) = ${bound}`);
  return { n, dropped: 0, meanX, meanY, m2X, m2Y, cXY: size > bound ? Math.sign(cXY!) * bound : cXY };
}

function room(n: number, mean: number): number {
  return n * (Number.EPSILON ** 2 * 64 * mean * mean + 2 ** -1022);
}

function requireCentre(arm: string, name: string, n: number, mean: number): void {
  if (!Number.isSafeInteger(n) || n < 0) requireCount(`${arm}.n`, n);
  if (!Number.isFinite(mean)) requireFinite(`${arm}.${name}`, mean);
}

function requireSquares(arm: string, name: string, n: number, m2: number | null): void {
  if (m2 === null) return;
  if (!(m2 >= 0 && m2 < Infinity)) throw new RangeError(`${arm}.${name} is ${m2}: expected a number from 0 on`);
  if (n < 2 && m2 > 0) throw new RangeError(`${arm}.${name} is ${m2}: expected 0, as n is ${n}`);
}
