import { seeded, statistics } from '../library';
import { differs, firstOf } from '../row';
import type { Family, Row, Store } from '../row';
import { normalLaw } from '../samples';

const USERS = 1_000_000;
const METRICS = 4;

interface Centred {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly m2X: number;
  readonly m2Y: number;
  readonly cXY: number;
}

/** Raw sums from centred ones, in the order of the query. */
function rawOf({ n, meanX, meanY, m2X, m2Y, cXY }: Centred): number[] {
  return [n * meanY, m2Y + n * meanY ** 2, n * meanX, m2X + n * meanX ** 2, cXY + n * meanX * meanY];
}

function* rows(store: Store): Generator<Row> {
  const [draw, random] = [normalLaw(31), seeded(32)];
  const arm = Uint8Array.from({ length: USERS }, () => (random() < 0.5 ? 0 : 1));
  const metrics = Array.from({ length: METRICS }, () => {
    const covariate = Float64Array.from({ length: USERS }, () => 10 + 3 * draw());
    return { metric: covariate.map((x) => 5 + 0.6 * x + 2 * draw()), covariate };
  });
  const args = {
    arm: store('arm', arm),
    metrics: metrics.map(({ metric }, k) => store(`metric${k}`, metric)),
    covariates: metrics.map(({ covariate }, k) => store(`covariate${k}`, covariate)),
  };
  for (const [threads, goal] of [
    [2, 2],
    [1, null],
  ] as const)
    yield {
      work: '1e6 users × 4 metrics and covariates → sums per arm, one thread',
      ours: () => statistics.sumByArm({ arm, arms: 2, metrics }),
      peer: {
        name: 'duckdb',
        work: 'sums',
        args: { ...args, threads },
        what: `native table, ${threads} thread${threads === 1 ? '' : 's'}`,
      },
      goal,
      compare: (ours, theirs) =>
        firstOf(
          (theirs as number[][]).flatMap((row, code) => {
            const found = (ours as Centred[][]).map((perArm) => perArm[code]!);
            const mine = [found[0]!.n, ...found.flatMap(rawOf)];
            return mine.map((value, at) => differs(`arm ${code} [${at}]`, value, row[at]!, 1e-10));
          }),
        ),
    };
}

/** Sums of rows beside DuckDB. */
export const sums: Family = { name: 'sums', rows };
