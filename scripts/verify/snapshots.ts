import { adjustPValues, chiSquareSampleRatio, compareArms } from '../../src/statistics';
import { ok } from './layout';
import type { Layout } from './layout';
import { numbers } from './table';
import type { Table } from './table';

const [ALPHA, SPLIT_ALARM] = [0.05, 0.001];

/** Running means, variances and counts of many experiments: the last of each, tested and adjusted as one family. */
export const snapshots: Layout = {
  name: 'snapshots of experiments',
  columns: [
    ...['experiment_id', 'variant_id', 'metric_id', 'time_since_start', 'count_c', 'count_t'],
    ...['mean_c', 'mean_t', 'variance_c', 'variance_t'],
  ],
  recompute: (table) => {
    const tests = lastRows(table).map((row) => testOf(table, row));
    const p = tests.map((test) => test.p);
    const [bh, holm] = (['benjamini-hochberg', 'holm'] as const).map((method) => adjustPValues(p, method, ALPHA));
    const results = tests.map((test, index) => ({
      ...test,
      pBH: bh!.adjusted[index]!,
      pHolm: holm!.adjusted[index]!,
    }));
    const count = (is: (result: (typeof results)[number]) => boolean) => results.filter(is).length;
    return {
      comparisons: results.length,
      significantRaw05: count((result) => result.p < ALPHA),
      significantBH05: count(({ pBH }) => pBH < ALPHA),
      significantHolm05: count(({ pHolm }) => pHolm < ALPHA),
      srmBelow001: count(({ srmP }) => srmP < SPLIT_ALARM),
      results,
    };
  },
};

/** The last row of each experiment, variant and metric, in their order. */
function lastRows(table: Table): number[] {
  const time = numbers(table, 'time_since_start');
  const last = new Map<string, number>();
  for (const row of time.keys()) {
    const key = ['experiment_id', 'variant_id', 'metric_id'].map((name) => table.get(name)![row]).join('/');
    const known = last.get(key);
    if (known === undefined || time[row]! >= time[known]!) last.set(key, row);
  }
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function testOf(table: Table, row: number) {
  const at = (name: string) => Number(table.get(name)![row]);
  const [n, mean, variance] = ['count', 'mean', 'variance'].map((name) => [at(`${name}_c`), at(`${name}_t`)] as const);
  const arm = (side: 0 | 1) =>
    ({ kind: 'mean', n: n![side], mean: mean![side], m2: variance![side] * (n![side] - 1) }) as const;
  const test = ok(compareArms(arm(0), arm(1)));
  return {
    experimentId: table.get('experiment_id')![row]!,
    variantId: at('variant_id'),
    metricId: at('metric_id'),
    days: at('time_since_start'),
    n: n!,
    mean: mean!,
    variance: variance!,
    t: test.statistic,
    p: test.pValue,
    srmP: ok(chiSquareSampleRatio([...n!], [0.5, 0.5])).pValue,
  };
}
