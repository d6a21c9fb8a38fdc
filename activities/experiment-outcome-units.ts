import type { DesignMetric, ExperimentDesign, MetricSource } from '../src/contracts';
import { durationMs } from '../src/domain/time';
import { logLossSums } from '../src/statistics';
import type { Rows } from '../src/stores';

/** A unit as its rows tell of it. */
export interface OutcomeUnit {
  /** When its first row was served, in milliseconds. */
  readonly first: number;
  /** Its place among the design's variants. */
  readonly variant: number;
  /** Whether all its conversion windows are over. */
  readonly mature: boolean;
  /** By metric; null for one that is not about outcomes, has none, or is not over yet. Of a ratio x is the denominator. */
  readonly values: readonly ({ readonly y: number; readonly x: number } | null)[];
}

interface Gathered {
  readonly first: number;
  readonly variant: number;
  readonly sums: { y: number; x: number; n: number }[];
}

const NANO = 1e9;

/** Units first served before an end as they are at a time, in the order they came, and how many met several variants. */
export function unitsOf(
  design: ExperimentDesign,
  rows: Rows,
  { end, at: present }: { readonly end: number; readonly at: number },
): { readonly units: OutcomeUnit[]; readonly crossed: number } {
  const places = new Map(design.variants.map(({ version }, index) => [version, index]));
  const windows = design.metrics.map(({ conversionWindow }) => Math.max(1, durationMs(conversionWindow)));
  const gathered = new Map<string, Gathered>();
  const crossed = new Set<string>();
  for (let row = 0; row < rows.n; row += 1) {
    const [at, variant] = [rows.at[row]!, places.get(rows.version[row])!];
    const named = rows.units?.[row] ?? null;
    const name = named === null ? `row ${rows.ids[row]}` : `unit ${named}`;
    const known = gathered.get(name) ?? {
      first: at,
      variant,
      sums: design.metrics.map(() => ({ y: 0, x: 0, n: 0 })),
    };
    if (known.first >= end) continue;
    gathered.set(name, known);
    // What another variant served says nothing about this one.
    if (known.variant !== variant) crossed.add(name);
    else design.metrics.forEach((metric, place) => add(known, place, metric, rows, row, windows[place]!));
  }
  const units = [...gathered.values()].map(({ first, variant, sums }) => ({
    first,
    variant,
    mature: windows.every((window) => first + window <= present),
    values: sums.map((sum, place) =>
      first + windows[place]! <= present ? averaged(design.metrics[place]!, sum) : null,
    ),
  }));
  return { units, crossed: crossed.size };
}

function add(
  { first, sums }: Gathered,
  place: number,
  { source, denominator }: DesignMetric,
  rows: Rows,
  row: number,
  window: number,
): void {
  if (source.kind !== 'outcome' || rows.at[row]! >= first + window) return;
  const y = outcomeOf(source, rows, row);
  const x = denominator?.kind === 'outcome' ? outcomeOf(denominator, rows, row) : 0;
  if (y === null || x === null) return;
  const sum = sums[place]!;
  sum.y += y;
  sum.x += x;
  sum.n += 1;
}

/** What a row says of a metric; null where its outcome, or what was predicted, is not known. */
function outcomeOf({ metric }: Extract<MetricSource, { kind: 'outcome' }>, rows: Rows, row: number): number | null {
  const [label, prediction, value] = [rows.label[row]!, rows.prediction[row]!, rows.value[row]!];
  const isClass = label <= 1;
  if (metric === 'label') return isClass ? label : finite(value);
  if (!isClass) return null;
  if (metric === 'accuracy') return prediction <= 1 ? Number(prediction === label) : null;
  const loss = logLossSums([label], [rows.score[row]!]);
  return loss.n === 0 ? null : loss.sum / NANO;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function averaged({ type }: DesignMetric, { y, x, n }: Gathered['sums'][number]): OutcomeUnit['values'][number] {
  if (n === 0) return null;
  return type === 'ratio' ? { y, x } : { y: y / n, x: 0 };
}
