import type { FeatureValue, Interval, ModelTarget } from '../contracts';
import { unpackBytes, unpackColumn, unpackNumbers } from './columns';
import { NO_LABEL, unpackLabels } from './label';
import type { LabelStore } from './label';
import { NO_PREDICTION } from './prediction';
import type { PredictionSegment, PredictionStore } from './prediction';
import { targetFilter } from './unique-batch';

/** Which rows to read. */
export interface RowQuery extends Interval {
  readonly target: ModelTarget;
  /** Labels known later than this count as unknown. */
  readonly asOf: string;
  /** Only these versions; all of them without it. */
  readonly versions?: readonly number[] | undefined;
  /** Leave out rows nobody predicted. */
  readonly servedOnly?: boolean | undefined;
  /** Leave out rows whose label is not known as of `asOf`. */
  readonly labelledOnly?: boolean | undefined;
  /** Whether features are wanted. */
  readonly features?: boolean | undefined;
}

/** Rows by column, in (ts, id) order. */
export interface Rows {
  readonly n: number;
  readonly ids: readonly string[];
  readonly at: Float64Array;
  readonly version: Int32Array;
  /** 255 where none was recorded. */
  readonly prediction: Uint8Array;
  /** NaN where none was recorded. */
  readonly score: Float64Array;
  /** 255 where not known. */
  readonly label: Uint8Array;
  /** Numeric features; NaN where missing. Texts, lists and nested values are not among them. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

interface Picked {
  readonly segment: Decoded;
  readonly row: number;
}

interface Decoded {
  readonly segment: PredictionSegment;
  readonly at: Float64Array;
  readonly prediction: Uint8Array;
  readonly score: Float64Array;
  readonly label: Uint8Array | null;
  readonly numbers: ReadonlyMap<string, Float64Array>;
}

/** Reads predictions with their labels. A segment's boundary never shows in a result. */
export class RowStore {
  private readonly predictions: PredictionStore;
  private readonly labels: LabelStore;

  constructor(parts: { predictions: PredictionStore; labels: LabelStore }) {
    this.predictions = parts.predictions;
    this.labels = parts.labels;
  }

  /** Reads rows; whoever needs the newest labels folds first. */
  async read(query: RowQuery): Promise<Rows> {
    const picked: Picked[] = [];
    const from = Date.parse(query.from);
    const to = Date.parse(query.to);
    for (const segment of await this.decode(query)) {
      for (let row = 0; row < segment.at.length; row += 1) {
        if (segment.at[row]! < from || segment.at[row]! >= to) continue;
        if (query.servedOnly === true && segment.prediction[row] === NO_PREDICTION) continue;
        if (query.labelledOnly === true && (segment.label?.[row] ?? NO_LABEL) === NO_LABEL) continue;
        picked.push({ segment, row });
      }
    }
    picked.sort((a, b) => a.segment.at[a.row]! - b.segment.at[b.row]! || (idOf(a) < idOf(b) ? -1 : 1));
    return gather(picked);
  }

  /** One row with its features, for a person. */
  async find(target: ModelTarget, predictionId: string): Promise<Record<string, unknown> | null> {
    const segment = await this.predictions.segments.findOne({ ...targetFilter(target), ids: { $eq: predictionId } });
    if (segment === null) return null;
    const row = segment.ids.indexOf(predictionId);
    const labels = await this.labels.labels.findOne({ _id: { $eq: segment._id } });
    const state = labels === null ? null : unpackLabels(labels);
    const known = state !== null && state.label[row] !== NO_LABEL;
    const prediction = unpackBytes(segment.prediction)[row]!;
    const score = unpackNumbers(segment.score)[row]!;
    return {
      predictionId,
      version: segment.version,
      ts: new Date(unpackNumbers(segment.at)[row]!).toISOString(),
      prediction: prediction === NO_PREDICTION ? null : prediction,
      score: Number.isNaN(score) ? null : score,
      label: known ? state.label[row]! : null,
      labelTs: known ? new Date(state.at[row]!).toISOString() : null,
      revision: known ? state.revision[row]! : null,
      unit: segment.units?.[row] ?? null,
      features: featuresOf(segment, row),
    };
  }

  private async decode(query: RowQuery): Promise<Decoded[]> {
    const segments = await this.predictions.segments
      .find({
        ...targetFilter(query.target),
        from: { $lt: new Date(query.to) },
        to: { $gte: new Date(query.from) },
        ...(query.versions ? { version: { $in: [...query.versions] } } : {}),
      })
      .project<PredictionSegment>(query.features === true ? { digests: 0 } : { digests: 0, features: 0 })
      .sort({ _id: 1 })
      .toArray();
    const labels = new Map<string, Uint8Array>();
    const asOf = Date.parse(query.asOf);
    for await (const found of this.labels.labels.find({ _id: { $in: segments.map(({ _id }) => _id) } })) {
      const { label, at } = unpackLabels(found);
      labels.set(
        found._id,
        label.map((value, row) => (at[row]! <= asOf ? value : NO_LABEL)),
      );
    }
    return segments.map((segment) => ({
      segment,
      at: unpackNumbers(segment.at),
      prediction: unpackBytes(segment.prediction),
      score: unpackNumbers(segment.score),
      label: labels.get(segment._id) ?? null,
      numbers: numbersOf(segment),
    }));
  }
}

function idOf(picked: Picked): string {
  return picked.segment.segment.ids[picked.row]!;
}

function numbersOf(segment: PredictionSegment): ReadonlyMap<string, Float64Array> {
  const columns = ((segment as Partial<PredictionSegment>).features ?? []).filter(({ kind }) => kind === 'number');
  return new Map(columns.map((column) => [column.name, unpackNumbers(column.data!)]));
}

function featuresOf(segment: PredictionSegment, row: number): Record<string, FeatureValue> {
  // fromEntries defines, it does not assign: a feature called __proto__ stays a feature.
  return Object.fromEntries(
    segment.features
      .map((column) => [column.name, unpackColumn(column)[row]!] as const)
      .filter(([, value]) => value !== null),
  );
}

function gather(picked: readonly Picked[]): Rows {
  const names = new Set<string>();
  for (const { segment } of picked) for (const name of segment.numbers.keys()) names.add(name);
  const column = (name: string): Float64Array =>
    Float64Array.from(picked, ({ segment, row }) => segment.numbers.get(name)?.[row] ?? Number.NaN);
  return {
    n: picked.length,
    ids: picked.map(idOf),
    at: Float64Array.from(picked, ({ segment, row }) => segment.at[row]!),
    version: Int32Array.from(picked, ({ segment }) => segment.segment.version),
    prediction: Uint8Array.from(picked, ({ segment, row }) => segment.prediction[row]!),
    score: Float64Array.from(picked, ({ segment, row }) => segment.score[row]!),
    label: Uint8Array.from(picked, ({ segment, row }) => segment.label?.[row] ?? NO_LABEL),
    columns: new Map([...names].sort().map((name) => [name, column(name)])),
  };
}
