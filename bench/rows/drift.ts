import { statistics } from '../library';
import { differs, firstOf } from '../row';
import type { Family, Row, Store } from '../row';
import { columnsOf, NAMES, tableOf, textColumnsOf } from './tables';
import type { Table } from './tables';

export const ROWS = 100_000;

type Batch = ReturnType<typeof statistics.judgeBatch>;

/** Statistics by feature that a peer has in common with us: D, and χ² or p of categories. */
function compare(of: 'statistic' | 'pValue', relative: number, prefix: string) {
  return (ours: unknown, theirs: unknown): string | null =>
    firstOf(
      (ours as Batch).features
        .filter(({ feature }) => feature.startsWith(prefix))
        .map((found) => {
          if (found.status !== 'ok') return `${found.feature} has no answer`;
          const other = (theirs as Record<string, number>)[found.feature];
          return other === undefined
            ? `${found.feature} is not among the peer's`
            : differs(`${of} of ${found.feature}`, found[of], other, relative, 1e-12);
        }),
    );
}

function stored(table: Table, name: string, store: Store) {
  return {
    numbers: table.numbers.map((values, k) => store(`${name}-n${k}`, values)),
    categories: table.codes.map((codes, k) => store(`${name}-c${k}`, codes)),
  };
}

function* rows(store: Store): Generator<Row> {
  const [before, now] = [tableOf(ROWS, 41, 0), tableOf(ROWS, 43, 0.02)];
  const reference = statistics.driftReference(columnsOf(before), { version: '1' });
  const [encoded, text] = [columnsOf(now), textColumnsOf(now)];
  const tables = {
    reference: stored(before, 'reference', store),
    current: stored(now, 'current', store),
    names: NAMES,
  };
  const judged = '1e5 × (20 numeric + 5 categorical) judged by a kept reference: KS, χ²';
  const row = (name: string, what: string, goal: number | null, check: Row['compare'], asText = false): Row => ({
    work: asText ? `${judged}, categories as strings` : `${judged}, categories encoded`,
    ours: asText ? () => statistics.judgeBatch(reference, text) : () => statistics.judgeBatch(reference, encoded),
    peer: { name, work: 'drift', args: { ...tables, encoded: !asText }, what },
    goal,
    compare: check,
  });
  const chi = compare('statistic', 1e-9, 'c');
  yield row('nannyml', 'calculate, one chunk, ks and chi2, pandas categories', 7, chi);
  yield row('nannyml', 'calculate, one chunk, ks and chi2, strings', null, chi, true);
  // It keeps its distances in four bytes.
  yield row('alibi-detect', 'KSDrift.predict, its 20 numeric columns alone', 14, compare('statistic', 1e-6, 'n'));
  const p = compare('pValue', 1e-4, 'n');
  yield row('evidently', 'DataDriftPreset, ks and chisquare, pandas categories', 200, p);
  yield row('evidently', 'DataDriftPreset, ks and chisquare, strings', null, p, true);
}

/** Drift of a whole table beside NannyML, Alibi Detect and Evidently. */
export const drift: Family = { name: 'drift', rows };
