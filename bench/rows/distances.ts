import { statistics } from '../library';
import { differs, firstOf } from '../row';
import type { Family, Row, Store } from '../row';
import { PAIRS } from '../samples';
import type { Pair } from '../samples';

const SIZES = { '1e5': 100_000, '1e6': 1_000_000 };
const NORMAL = 'N(0,1), N(.02,1)';

interface KolmogorovSmirnov {
  readonly statistic: number;
  readonly pValue: number;
}

/** D to 1e-12; p to what separates exact summing from scipy's approximations, in logarithms where it is tiny. */
function compare(ours: unknown, theirs: unknown): string | null {
  const [mine, other] = [ours as KolmogorovSmirnov, theirs as Partial<KolmogorovSmirnov>];
  return firstOf([
    differs('D', mine.statistic, other.statistic!, 0, 1e-12),
    other.pValue === undefined
      ? null
      : other.pValue > 1e-20
        ? differs('p', mine.pValue, other.pValue, 1e-4)
        : differs('ln p', Math.log(mine.pValue), Math.log(other.pValue), 0.01),
  ]);
}

function* rows(store: Store): Generator<Row> {
  for (const [shown, n] of Object.entries(SIZES))
    for (const [law, draw] of Object.entries(PAIRS)) yield* rowsOf(law, shown, draw(n), store);
}

function* rowsOf(law: string, size: string, [x, y]: Pair, store: Store): Generator<Row> {
  const args = { x: store('x', x), y: store('y', y) };
  const ours = () => statistics.twoSampleKolmogorovSmirnov(x, y);
  const normal = law === NORMAL;
  const ks = { name: 'scipy', work: 'ks', args, what: 'ks_2samp asymp' };
  yield { work: `KS, D and p, ${size} a side, ${law}`, ours, peer: ks, goal: normal ? 40 : 5, compare };
  if (!normal) return;
  const sorted = { name: 'scipy', work: 'ksStatistic', args, what: 'numpy, D alone: sort, searchsorted' };
  yield { work: `KS, D and p, ${size} a side, ${law}`, ours, peer: sorted, goal: 5, compare };
  const wasserstein = { name: 'scipy', work: 'wasserstein', args, what: 'wasserstein_distance' };
  yield {
    work: `Wasserstein, ${size} a side, ${law}`,
    ours: () => statistics.wassersteinDistance(x, y),
    peer: wasserstein,
    goal: 20,
    compare: (found, theirs) => differs('distance', (found as { distance: number }).distance, theirs as number, 1e-9),
  };
}

/** Kolmogorov-Smirnov and Wasserstein beside scipy and numpy. */
export const distances: Family = { name: 'distances', rows };
