import type { Layout } from './layout';
import { shares } from './proportions';
import { placesOf } from './table';
import type { Table } from './table';

const [CONTROL, TREATMENT] = ['random', 'bts'] as const;

/** A log of recommendations by two policies: clicks among impressions, in all and by day and position. */
export const banditLog: Layout = {
  name: 'log of a bandit',
  columns: ['policy', 'timestamp', 'position', 'click'],
  recompute: (table) => {
    const all = [...table.get('policy')!.keys()];
    return {
      rows: all.length,
      overall: shares(clicksOf(table, CONTROL, all), clicksOf(table, TREATMENT, all)),
      byDay: by(table, (row) => table.get('timestamp')![row]!.slice(0, 10)),
      byPosition: by(table, (row) => table.get('position')![row]!),
    };
  },
};

/** Clicks and impressions of a policy among some rows. */
export function clicksOf(table: Table, policy: string, rows: readonly number[]): [number, number] {
  const wanted = new Set(rows);
  const mine = placesOf(table, 'policy', policy).filter((row) => wanted.has(row));
  return [mine.filter((row) => table.get('click')![row] === '1').length, mine.length];
}

function by(table: Table, keyOf: (row: number) => string): Record<string, Record<string, [number, number]>> {
  const rows = new Map<string, number[]>();
  for (const row of table.get('policy')!.keys()) rows.set(keyOf(row), [...(rows.get(keyOf(row)) ?? []), row]);
  return Object.fromEntries(
    [...rows].map(([key, mine]) => [
      key,
      { [CONTROL]: clicksOf(table, CONTROL, mine), [TREATMENT]: clicksOf(table, TREATMENT, mine) },
    ]),
  );
}
