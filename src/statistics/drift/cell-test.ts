import { chiSquareLogSurvival } from '../distributions/chi-square';
import type { Assumption } from '../result';
import { mergeRareCells } from './cells';
import type { Cells } from './cells';
import { CELL_RULES } from './cell-methods';
import type { CellMethod } from './cell-methods';
import { chiSquareMoments } from './chi-square-moments';
import { permutedMeasures } from './permuted-cells';
import type { Found, Resampling } from './found';
import { RandomStream } from '../random-stream';
import { resampledP, resampledWords } from './resampled-p';

/** From so many cells on, χ² of rare cells is judged by its exact moments instead of by permutations. */
const MANY_CELLS = 1_000;

/**
 * The p-value of a distance of two rows of counts: by the null law where all cells, rare ones merged, are large enough
 * for it, else by permutation of the cells as they are.
 * @param cells occupied ones, at least two, with rows on both sides
 */
export function testCells(method: CellMethod, cells: Cells, resampling: Resampling): Found {
  const rule = CELL_RULES[method];
  const { n, m } = cells;
  const merged = rule.law === null ? null : mergeRareCells(cells, rule.leastExpected);
  if (merged !== null && rule.law !== null) {
    const freedom = merged.reference.length - 1;
    const measured = rule.measure(merged.reference, merged.current, n, m);
    const counts = freedom === 1 ? 'degree' : 'degrees';
    return {
      statistic: rule.shown(measured),
      logP: chiSquareLogSurvival(rule.law(measured, n, m), freedom),
      way: 'null law',
      words: `${freedom} ${counts} of freedom`,
      resampling: null,
      assumptions: [enoughExpected(merged, rule.leastExpected)],
      notes: merged.merged === 0 ? [] : [`${merged.merged} rare cells merged into OTHER`],
    };
  }
  const measured = rule.measure(cells.reference, cells.current, n, m);
  if (method === 'chi-square' && cells.reference.length > MANY_CELLS) {
    const { mean, variance } = chiSquareMoments(cells);
    return {
      statistic: measured,
      logP: variance > 0 ? chiSquareLogSurvival((2 * mean * measured) / variance, (2 * mean * mean) / variance) : 0,
      way: 'null moments',
      words: 'scaled by its exact moments',
      resampling: null,
      assumptions: [],
      notes: [`${cells.reference.length} cells, many of them rare: none merged`],
    };
  }
  const resamples = permutedMeasures(cells, rule.measure, new RandomStream(resampling.seed), resampling.repetitions);
  const p = resampledP(measured, resamples, [n, m]);
  return {
    statistic: rule.shown(measured),
    logP: p.logP,
    way: p.tail ? 'permutation tail' : 'permutation',
    words: resampledWords(p, resampling),
    resampling,
    assumptions: [],
    notes: [],
  };
}

function enoughExpected({ reference, current, n, m }: Cells, least: number): Assumption {
  let pooled = Infinity;
  for (let k = 0; k < reference.length; k += 1) pooled = Math.min(pooled, reference[k]! + current[k]!);
  const expected = (pooled * Math.min(n, m)) / (n + m);
  return {
    name: `every expected count at least ${least}`,
    holds: expected >= least,
    detail: `the least is ${Number(expected.toPrecision(4))}`,
  };
}
