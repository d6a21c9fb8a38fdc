import type { NumberCells } from '../../contracts';
import type { BoundedFound } from './bounded-found';
import { asymptoticLogP, exactLogP } from './kolmogorov-smirnov-p';
import { countBelow } from './count-below';
import { DRIFT_METHODS } from './methods';

/** Samples up to this size get the exact p-value, as from their values. */
const EXACT_LIMIT = 10_000;

/**
 * Kolmogorov-Smirnov of values against counts in cells. Both distribution functions are known at the ends of every cell
 * and do not move apart between cells, so the largest difference there is one that the values have, and D is at least
 * that. Within an open cell from (R₀, C₀) to (R₁, C₁) the functions rise, so they differ by max(R₁ − C₀, C₁ − R₀) at
 * most, and D is at most the largest of these. The statistic is the former, the bound the difference of both.
 * @param sorted the reference in ascending order
 */
export function distanceOfCells(sorted: Float64Array, { n: m, low, high, counts }: NumberCells): BoundedFound {
  const n = sorted.length;
  let [known, most, before, seen] = [0, 0, 0, 0];
  for (let cell = 0; cell < low.length; cell += 1) {
    const isPoint = low[cell] === high[cell];
    const start = countBelow(sorted, low[cell]!, !isPoint, before);
    const end = countBelow(sorted, high[cell]!, isPoint, start);
    const next = seen + counts[cell]!;
    known = Math.max(known, Math.abs(start * m - seen * n), Math.abs(end * m - next * n));
    if (!isPoint) most = Math.max(most, end * m - seen * n, next * n - start * m);
    [before, seen] = [end, next];
  }
  const statistic = known / (n * m);
  const way = Math.max(n, m) <= EXACT_LIMIT ? 'exact' : 'asymptotic';
  return {
    found: {
      statistic,
      logP: way === 'exact' ? exactLogP(n, m, known, 'two-sided') : asymptoticLogP(n, m, statistic, 'two-sided'),
      way,
      words: `at the ends of ${low.length} cells, p ${way}`,
      resampling: null,
      assumptions: [],
      notes: [],
      effect: { name: DRIFT_METHODS['kolmogorov-smirnov'].effect, value: statistic, interval: null },
    },
    errorBound: Math.max(0, most - known) / (n * m),
  };
}
