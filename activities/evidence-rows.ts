import type { DriftPolicy, FeatureDrift, Interval, MetricName, MetricValues, MonitorSpec } from '../src/contracts';
import { ms } from '../src/domain/time';
import { NO_LABEL } from '../src/stores';
import type { Rows } from '../src/stores';
import type { Evidence, FrozenReference, MetricOptions, ScoredRows, Slice } from './evidence';
import { seasonOf } from './evidence';
import { rowsBySeason, subjectColumns } from './judge-columns';
import { compareColumns } from './judge-compare';
import { concludeDrift } from './judge-drift';
import { cellsOf, computeMetrics } from './judge-metrics';
import type { LabelledColumns } from './judge-metrics';
import { sliceRows } from './judge-slices';
import { performanceOf } from './performance';

const DAY_MS = 86_400_000;

/** What of a spec says how rows are judged. */
export type EvidencePlan = Pick<MonitorSpec, 'task' | 'rankingDepth'> & {
  readonly segments: Pick<MonitorSpec['segments'], 'keys'>;
};

/** A window as its rows show it: exact. */
export class RowEvidence implements Evidence {
  readonly judgedBy = 'rows';
  readonly served: number;
  readonly n: number;
  readonly rowsPerDay: number;
  readonly performance: Evidence['performance'];
  readonly cells: Evidence['cells'];
  private readonly rows: Rows;
  private readonly plan: EvidencePlan;
  private readonly labelled: Uint32Array;
  private sliced: ReadonlyMap<string, Uint32Array> | null = null;

  /** @param rows as served in the window, with features where drift or segments are asked for */
  constructor(plan: EvidencePlan, window: Interval, rows: Rows) {
    this.plan = plan;
    this.rows = rows;
    this.served = rows.n;
    this.labelled = labelledRows(rows, plan.task);
    this.n = this.labelled.length;
    this.rowsPerDay = (rows.n * DAY_MS) / (ms(window.to) - ms(window.from));
    const binary = plan.task === 'binary';
    this.performance = performanceOf(binary ? rows : { ...rows, n: 0 });
    this.cells = binary ? cellsOf(pickColumns(rows, this.labelled)) : null;
  }

  metrics(names: readonly MetricName[], { slice, alpha = 0.05 }: MetricOptions = {}): MetricValues {
    const picked = slice === undefined ? this.labelled : (this.bySlice().get(slice) ?? new Uint32Array());
    const { task, rankingDepth: depth } = this.plan;
    return computeMetrics(pickColumns(this.rows, picked), names, { task, depth, alpha });
  }

  slices(): readonly Slice[] {
    return [...this.bySlice()].map(([slice, { length: n }]) => ({ slice, n }));
  }

  drift(reference: FrozenReference, policy: DriftPolicy): readonly FeatureDrift[] {
    const columns = subjectColumns(this.rows, this.plan.task);
    const seasons = rowsBySeason(this.rows.at, seasonOf(policy));
    return concludeDrift(compareColumns(columns, seasons, reference, policy), policy);
  }

  scores(): ScoredRows | null {
    const { prediction, score, label } = this.rows;
    const scored = Uint32Array.from(score.keys()).filter((row) => Number.isFinite(score[row]) && prediction[row]! <= 1);
    if (scored.length === 0) return null;
    return {
      scores: Float64Array.from(scored, (row) => score[row]!),
      predictions: Uint8Array.from(scored, (row) => prediction[row]!),
      labels: Uint8Array.from(scored, (row) => (label[row]! <= 1 ? label[row]! : NO_LABEL)),
    };
  }

  private bySlice(): ReadonlyMap<string, Uint32Array> {
    return (this.sliced ??= sliceRows(this.rows, this.labelled, this.plan.segments.keys));
  }
}

/** Rows whose outcome is known as the task needs it. */
function labelledRows(rows: Rows, task: MonitorSpec['task']): Uint32Array {
  const { label, value, relevance } = rows;
  const all = Uint32Array.from(label.keys());
  if (task === 'binary') return all.filter((row) => label[row]! <= 1);
  if (task === 'regression') return all.filter((row) => Number.isFinite(value[row]));
  return all.filter((row) => relevance?.[row] != null);
}

function pickColumns(rows: Rows, picked: Uint32Array): LabelledColumns {
  const numbers = (column: ArrayLike<number>) => Float64Array.from(picked, (row) => column[row]!);
  return {
    labels: numbers(rows.label),
    classes: numbers(rows.prediction),
    scores: numbers(rows.score),
    values: numbers(rows.value),
    predicted: numbers(rows.predicted),
    relevance: rows.relevance === null ? [] : Array.from(picked, (row) => rows.relevance![row] ?? []),
  };
}
