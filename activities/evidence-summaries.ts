import type {
  DriftPolicy,
  FeatureDrift,
  Interval,
  MetricName,
  MetricValue,
  MetricValues,
  MonitorSpec,
  Performance,
  SliceSummary,
  SummaryQuery,
  SummarySettings,
  WindowRequest,
  WindowSummary,
} from '../src/contracts';
import { ms } from '../src/domain/time';
import { metricFromSums } from '../src/statistics';
import { NO_LABEL } from '../src/stores';
import { seasonKey, seasonOf } from './evidence';
import type { Evidence, FrozenReference, MetricOptions, ScoredRows, Slice } from './evidence';
import type { EvidencePlan } from './evidence-rows';
import { compareSummaries } from './judge-histograms';
import { concludeDrift } from './judge-drift';
import { cellMetrics, metricValue } from './judge-metrics';

const DAY_MS = 86_400_000;
const NANO = 1e9;

/** What is summed up for a monitor. */
export function summarySettings({ task, rankingDepth, segments }: EvidencePlan): SummarySettings {
  return { task, rankingDepth, keys: segments.keys };
}

/** Which summary a window is judged by. */
export function summaryQuery(spec: EvidencePlan & Pick<MonitorSpec, 'drift'>, request: WindowRequest): SummaryQuery {
  const season = seasonOf(spec.drift);
  const seasonal = spec.drift.mode === 'off' ? {} : { seasonOf: (at: number) => seasonKey(at, season) };
  const { from, to, asOf, version } = request;
  return { from, to, asOf, version, slices: spec.segments.keys.length > 0, ...seasonal };
}

/** A window as its summaries show it. */
export class SummaryEvidence implements Evidence {
  readonly judgedBy = 'summaries';
  readonly served: number;
  readonly n: number;
  readonly rowsPerDay: number;
  readonly performance: Performance;
  readonly cells: Evidence['cells'];
  private readonly summary: WindowSummary;
  private readonly parts: ReadonlyMap<string, SliceSummary>;

  /** @param summary with slices and seasons where segments and drift are asked for */
  constructor(window: Interval, summary: WindowSummary) {
    const { all } = summary;
    this.summary = summary;
    this.served = all.served;
    this.n = all.labelled;
    this.rowsPerDay = (all.served * DAY_MS) / (ms(window.to) - ms(window.from));
    this.performance = performanceOfSums(all);
    this.cells = all.sums.task === 'binary' ? all.sums.confusion : null;
    this.parts = new Map(summary.slices.map((slice) => [slice.slice, slice]));
  }

  metrics(names: readonly MetricName[], { slice, alpha = 0.05 }: MetricOptions = {}): MetricValues {
    const part = slice === undefined ? this.summary.all : this.parts.get(slice);
    return Object.fromEntries(
      names.map((name) => [name, part === undefined ? UNKNOWN_SLICE : summedMetric(name, part, alpha)]),
    );
  }

  slices(): readonly Slice[] {
    const labelled = this.summary.slices.filter((slice) => slice.labelled > 0);
    return labelled
      .map(({ slice, labelled: n }) => ({ slice, n }))
      .sort((a, b) => b.n - a.n || (a.slice < b.slice ? -1 : 1));
  }

  drift(reference: FrozenReference, policy: DriftPolicy): readonly FeatureDrift[] {
    const { task } = this.summary.all.sums;
    return concludeDrift(compareSummaries(this.summary.seasons, reference, policy, task), policy);
  }

  scores(): ScoredRows | null {
    const { sums } = this.summary.all;
    return sums.task === 'binary' ? binnedScores(sums.scores) : null;
  }
}

const UNKNOWN_SLICE: MetricValue = {
  value: null,
  n: 0,
  low: null,
  high: null,
  errorBound: 0,
  note: 'the window has no such slice, or one of too many to be kept apart',
};

const CELLS = ['accuracy', 'precision', 'recall', 'f1', 'ctr'] as const;

function summedMetric(name: MetricName, { sums }: SliceSummary, alpha: number): MetricValue {
  const cell = CELLS.find((known) => known === name);
  if (cell !== undefined && sums.task === 'binary') return cellMetrics(sums.confusion, alpha)[cell];
  const found = metricFromSums(name, sums, { alpha });
  return { ...metricValue(found), errorBound: found.status === 'ok' ? found.errorBound : 0 };
}

/** The shape of the first release, as it is computed from rows. */
function performanceOfSums({ labelled, sums }: SliceSummary): Performance {
  if (sums.task !== 'binary' || labelled === 0) return { n: 0, correct: 0, accuracy: null, logLoss: null, auroc: null };
  const { confusion, nanoNats, loss } = sums;
  const correct = confusion.tn + confusion.tp;
  const auroc = metricFromSums('auroc', sums);
  return {
    n: labelled,
    correct,
    accuracy: correct / labelled,
    logLoss: loss.n === 0 ? null : nanoNats / NANO / loss.n,
    auroc: auroc.status === 'ok' ? auroc.value : null,
  };
}

/** Rows of a bin with the bin's middle for a score. */
function binnedScores({ count, rows }: Extract<SliceSummary['sums'], { task: 'binary' }>['scores']): ScoredRows | null {
  const groups = [0, 1, NO_LABEL].flatMap((label, k) =>
    [0, 1].map((prediction) => ({ label, prediction, counts: rows[k]![prediction]! })),
  );
  const n = groups.reduce((sum, { counts }) => sum + counts.reduce((total, here) => total + here, 0), 0);
  if (n === 0) return null;
  const [scores, predictions, labels] = [new Float64Array(n), new Uint8Array(n), new Uint8Array(n)];
  let place = 0;
  for (let bin = 0; bin < count; bin += 1) {
    for (const { label, prediction, counts } of groups) {
      const end = place + counts[bin]!;
      scores.fill((bin + 0.5) / count, place, end);
      predictions.fill(prediction, place, end);
      labels.fill(label, place, end);
      place = end;
    }
  }
  return { scores, predictions, labels };
}
