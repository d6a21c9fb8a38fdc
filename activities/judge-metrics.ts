import type { MetricName, MetricValue, MetricValues, TaskKind } from '../src/contracts';
import * as statistics from '../src/statistics';
import type { ConfusionCells } from './evidence';

/** Labelled rows by column, as a task needs them. Classes are 0 or 1, or anything else where none was served. */
export interface LabelledColumns {
  readonly labels: ArrayLike<number>;
  readonly classes: ArrayLike<number>;
  /** Probability of label 1; NaN where there is none. */
  readonly scores: ArrayLike<number>;
  /** The number that came true, and the one that was predicted. */
  readonly values: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Gains of the items in the order served. */
  readonly relevance: readonly (readonly number[])[];
}

/** How metrics are computed. */
export interface MetricPlan {
  readonly task: TaskKind;
  /** k of the ranking metrics. */
  readonly depth: number;
  readonly alpha: number;
}

type Computed = statistics.MetricResult | statistics.NoResult;

/** Longer notes are cut. */
const NOTE = 200;

/** Metrics of labelled rows. One that they do not allow is null, with the reason. */
export function computeMetrics(columns: LabelledColumns, names: readonly MetricName[], plan: MetricPlan): MetricValues {
  const cells = names.some(isCellMetric) ? cellMetrics(cellsOf(columns), plan.alpha) : null;
  return Object.fromEntries(
    names.map((name) => [name, isCellMetric(name) ? cells![name] : metricValue(compute(columns, name, plan))]),
  );
}

const CELL_METRICS = ['accuracy', 'precision', 'recall', 'f1', 'ctr'] as const;
type CellMetric = (typeof CELL_METRICS)[number];

function isCellMetric(name: MetricName): name is CellMetric {
  return (CELL_METRICS as readonly MetricName[]).includes(name);
}

/** Labelled rows with a class, counted. */
export function cellsOf({ labels, classes }: Pick<LabelledColumns, 'labels' | 'classes'>): ConfusionCells {
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (let row = 0; row < labels.length; row += 1) {
    const [label, given] = [labels[row]!, classes[row]!];
    if (label <= 1 && given <= 1) counts[label]![given]! += 1;
  }
  return { tn: counts[0]![0]!, fp: counts[0]![1]!, fn: counts[1]![0]!, tp: counts[1]![1]! };
}

/** Metrics that follow from counts alone. A share of no rows has no value: 0 by convention would alarm. */
export function cellMetrics(cells: ConfusionCells, alpha: number): Readonly<Record<CellMetric, MetricValue>> {
  const { tp, fp, fn } = cells;
  const found = statistics.confusionMetrics(cells, { alpha });
  const whole: Readonly<Record<CellMetric, readonly [number, string]>> = {
    accuracy: [1, ''],
    precision: [tp + fp, 'no row was predicted positive'],
    recall: [tp + fn, 'no row has label 1'],
    f1: [tp + fp + fn, 'no row is positive, neither by label nor by prediction'],
    ctr: [1, ''],
  };
  const entries = CELL_METRICS.map((name) => {
    const [rows, why] = whole[name];
    const value = found.status === 'ok' ? metricValue(found[name]) : metricValue(found);
    return [
      name,
      rows > 0 ? value : { ...value, value: null, low: null, high: null, note: value.note ?? why },
    ] as const;
  });
  return Object.fromEntries(entries) as Record<CellMetric, MetricValue>;
}

function compute(columns: LabelledColumns, name: Exclude<MetricName, CellMetric>, plan: MetricPlan): Computed {
  const { labels, scores, values, predicted } = columns;
  const options = { alpha: plan.alpha };
  switch (name) {
    case 'auroc':
      return statistics.areaUnderRoc(labels, scores, options);
    case 'averagePrecision':
      return statistics.averagePrecision(labels, scores, options);
    case 'logLoss':
      return statistics.logLoss(labels, scores, options);
    case 'brier':
      return statistics.brierScore(labels, scores, options);
    case 'calibrationError':
      return statistics.expectedCalibrationError(labels, scores);
    case 'rmse':
      return statistics.rootMeanSquaredError(values, predicted, options);
    case 'mae':
      return statistics.meanAbsoluteError(values, predicted, options);
    case 'r2':
      return statistics.coefficientOfDetermination(values, predicted, options);
    case 'mape':
      return statistics.meanAbsolutePercentageError(values, predicted, options);
    default:
      return rank(columns.relevance, name, plan);
  }
}

const RANKING = {
  ndcg: statistics.normalisedDiscountedCumulativeGain,
  mrr: statistics.meanReciprocalRank,
  precisionAtK: statistics.precisionAtK,
  hitRateAtK: statistics.hitRateAtK,
} as const;

function rank(relevance: LabelledColumns['relevance'], name: keyof typeof RANKING, plan: MetricPlan): Computed {
  // Items come in the order in which they were served: falling scores keep it.
  const order = relevance.map((items) => items.map((_, place) => -place));
  return RANKING[name](relevance, order, { k: plan.depth, alpha: plan.alpha });
}

/** A result in the shape that is recorded. */
export function metricValue(result: Computed): MetricValue {
  const notes = (result.status === 'ok' ? result.notes : [result.reason]).join('; ').slice(0, NOTE);
  const note = notes === '' ? {} : { note: notes };
  if (result.status !== 'ok') {
    const n = result.n.reduce((sum, rows) => sum + rows, 0);
    return { value: null, n, low: null, high: null, errorBound: 0, ...note };
  }
  const { value, interval, n } = result;
  return { value, n, low: interval?.low ?? null, high: interval?.high ?? null, errorBound: 0, ...note };
}
