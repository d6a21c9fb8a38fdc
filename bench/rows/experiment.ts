import { statistics } from '../library';
import { differs, firstOf } from '../row';
import type { Family, Row } from '../row';
import { normalLaw } from '../samples';

const METRICS = 20;
const USERS = 2_000;
/** Experiments judged in one measurement. */
const CALLS = 20;

/** Sums of a metric and its covariate over users, as a query returns them. */
interface RawSums {
  readonly main: { sum: number; sumSquares: number };
  readonly covariate: { sum: number; sumSquares: number };
  sumProducts: number;
}

function sumsOf(draw: () => number, lift: number): RawSums {
  const sums = { main: { sum: 0, sumSquares: 0 }, covariate: { sum: 0, sumSquares: 0 }, sumProducts: 0 };
  for (let user = 0; user < USERS; user += 1) {
    const x = 10 + 3 * draw();
    const y = 5 + 0.6 * x + 2 * draw() + lift;
    for (const [of, value] of [
      [sums.main, y],
      [sums.covariate, x],
    ] as const) {
      of.sum += value;
      of.sumSquares += value * value;
    }
    sums.sumProducts += x * y;
  }
  return sums;
}

function* rows(): Generator<Row> {
  const draw = normalLaw(21);
  const names = Array.from({ length: METRICS }, (_, k) => `m${k}`);
  const arms = names.map((_, k) => [sumsOf(draw, 0), sumsOf(draw, (k % 5) * 0.05)] as const);
  const metrics = names.map((name, k) => ({
    name,
    role: 'exploratory' as const,
    difference: 'relative' as const,
    arms: arms[k]!.map(({ main, covariate, sumProducts }) => ({
      kind: 'adjusted-mean' as const,
      n: USERS,
      ...main,
      covariate,
      sumProducts,
    })),
  }));
  const queried = ['0', '1'].map(
    (variation, arm) =>
      Object.assign(
        { dimension: '', variation, users: USERS, count: USERS },
        ...arms.map((pair, k) => ({
          [`m${k}_id`]: `m${k}`,
          [`m${k}_users`]: USERS,
          [`m${k}_count`]: USERS,
          [`m${k}_main_sum`]: pair[arm]!.main.sum,
          [`m${k}_main_sum_squares`]: pair[arm]!.main.sumSquares,
          [`m${k}_covariate_sum`]: pair[arm]!.covariate.sum,
          [`m${k}_covariate_sum_squares`]: pair[arm]!.covariate.sumSquares,
          [`m${k}_main_covariate_sum_product`]: pair[arm]!.sumProducts,
        })),
      ) as object,
  );
  const row = (work: string, what: string, goal: number | null): Row => ({
    work: '2 variants × 20 metrics, Welch and CUPED from sums, whole results',
    ours: () => {
      let found = statistics.compareMetrics(metrics);
      for (let call = 1; call < CALLS; call += 1) found = statistics.compareMetrics(metrics);
      return found;
    },
    calls: CALLS,
    peer: { name: 'gbstats', work, args: { rows: queried, metrics: names }, what },
    goal,
    compare: (ours, theirs) => {
      const { comparisons } = ours as ReturnType<typeof statistics.compareMetrics>;
      return firstOf(
        comparisons.map(({ metric, result }, k) => {
          if (result.status !== 'ok') return `${metric} has no answer`;
          const { effect, pValue } = result;
          const mine = [effect.value, effect.interval?.low ?? NaN, effect.interval?.high ?? NaN, pValue];
          const others = (theirs as number[][])[k]!;
          return firstOf(mine.map((value, at) => differs(`${metric} [${at}]`, value, others[at]!, 1e-9, 1e-12)));
        }),
      );
    },
  });
  yield row('experiment', 'process_experiment_results, frequentist CUPED, from rows of a query', 1_000);
  yield row('tests', 'its tests alone, no frames', null);
}

/** An experiment's results from sums beside GrowthBook's engine. */
export const experiment: Family = { name: 'experiment', rows };
