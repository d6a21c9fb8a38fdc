import type { ModelTarget } from '../contracts';
import { addressOf, isKeyed } from './address';
import { unpackNumbers } from './columns';
import { runsOf } from './erased-segment';
import type { ErasableSegment } from './erased-segment';
import type { LabelStore } from './label';
import { NO_CLASS, NO_LABEL } from './label-codes';
import { NO_PREDICTION } from './prediction';
import type { PredictionSegment, PredictionStore } from './prediction';
import { gatherBytes, gatherFeatures, gatherNumbers } from './row-columns';
import type { Source } from './row-columns';
import { forEachRun, keepRows, lowerBound, mergeParts } from './row-order';
import type { Part, RowOrder } from './row-order';
import {
  featuresOf,
  finite,
  idOf,
  labelsAsOf,
  outcomeOf,
  parsed,
  predictedOf,
  segmentFilter,
  segmentProjection,
} from './row-segments';
import type { KnownLabels, ReadSegment } from './row-segments';
import type { RowQuery, Rows } from './row-types';
import { targetFilter } from './unique-batch';

export type { RowQuery, Rows };

interface Piece extends Part {
  readonly segment: ReadSegment;
  readonly labels: KnownLabels | null;
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
    const pieces = await this.load(query);
    const order = await this.order(pieces);
    const wanted =
      query.labelledOnly === true
        ? keepRows(order, (part, row) => (pieces[part]!.labels?.label[row] ?? NO_LABEL) < NO_CLASS)
        : order;
    return assemble(pieces, wanted, query);
  }

  /** One row with its features and what came true, for a person. */
  async find(target: ModelTarget, predictionId: string): Promise<Record<string, unknown> | null> {
    const found = await this.locate(target, predictionId);
    if (found === null) return null;
    const { segment, row } = found;
    const labels = await this.labels.labels.findOne({ _id: { $eq: segment._id } });
    return {
      predictionId,
      version: segment.version,
      ts: new Date(unpackNumbers(segment.at)[row]!).toISOString(),
      prediction: finite(predictedOf(segment)[row]!),
      score: finite(unpackNumbers(segment.score)[row]!),
      ...outcomeOf(labels, row),
      unit: segment.units?.[row] ?? null,
      features: featuresOf(segment, row),
    };
  }

  private async locate(target: ModelTarget, id: string): Promise<{ segment: PredictionSegment; row: number } | null> {
    const address = typeof id === 'string' ? addressOf(id) : null;
    const place = address === null ? { ids: { $eq: id } } : { _id: { $eq: address.segment } };
    const segment = await this.predictions.segments.findOne({ ...targetFilter(target), ...place });
    if (segment === null) return null;
    const row = address === null ? segment.ids!.indexOf(id) : address.row;
    const { erased } = segment as ErasableSegment;
    return row < segment.n && erased?.includes(row) !== true ? { segment, row } : null;
  }

  private async load(query: RowQuery): Promise<Piece[]> {
    const segments = await this.predictions.segments
      .find(segmentFilter(query))
      .project<ReadSegment>(segmentProjection(query))
      .sort({ _id: 1 })
      .toArray();
    const asOf = Date.parse(query.asOf);
    const labels = new Map<string, KnownLabels>();
    for await (const found of this.labels.labels.find({ _id: { $in: segments.map(({ _id }) => _id) } })) {
      labels.set(found._id, labelsAsOf(found, asOf));
    }
    return segments.flatMap((segment) => {
      const at = unpackNumbers(segment.at);
      const start = lowerBound(at, Date.parse(query.from), 0, at.length);
      const end = lowerBound(at, Date.parse(query.to), start, at.length);
      const known = labels.get(segment._id) ?? null;
      return runsOf(segment, start, end).map(([first, after]) => ({
        segment,
        at,
        start: first,
        end: after,
        labels: known,
      }));
    });
  }

  /** The order of the rows. Where ids were not read, they are for segments that have a time in common. */
  private async order(pieces: readonly Piece[]): Promise<RowOrder> {
    const ids = new Map<string, readonly string[]>();
    const unread = new Set<string>();
    const name = ({ segment }: Piece, row: number): string => ids.get(segment._id)?.[row] ?? idOf(segment, row);
    const isUnread = ({ segment }: Piece): boolean =>
      isKeyed(segment._id) && segment.ids === undefined && !ids.has(segment._id);
    for (;;) {
      const order = mergeParts(pieces, (part, row, otherPart, otherRow) => {
        const [piece, other] = [pieces[part]!, pieces[otherPart]!];
        const unknown = [piece, other].filter(isUnread);
        for (const { segment } of unknown) unread.add(segment._id);
        return unknown.length > 0 ? part < otherPart : name(piece, row) < name(other, otherRow);
      });
      if (unread.size === 0) return order;
      const found = this.predictions.segments.find({ _id: { $in: [...unread] } });
      for await (const segment of found.project<Required<Pick<PredictionSegment, '_id' | 'ids'>>>({ ids: 1 })) {
        ids.set(segment._id, segment.ids);
      }
      unread.clear();
    }
  }
}

function assemble(pieces: readonly Piece[], order: RowOrder, { ids: wantIds = true, units }: RowQuery): Rows {
  const numbers = (of: (piece: Piece) => Source<Float64Array>): Float64Array => gatherNumbers(order, pieces.map(of));
  const version = new Int32Array(order.n);
  const ids: string[] = [];
  forEachRun(order, (part, start, length, offset) => {
    const { segment } = pieces[part]!;
    version.fill(segment.version, offset, offset + length);
    for (let row = start; wantIds && row < start + length; row += 1) ids.push(idOf(segment, row));
  });
  return {
    n: order.n,
    ids,
    ...(units === true ? { units: gatherUnits(pieces, order) } : {}),
    at: numbers(({ at }) => at),
    version,
    prediction: gatherBytes(
      order,
      pieces.map(({ segment }) => segment.prediction),
      NO_PREDICTION,
    ),
    predicted: numbers(({ segment }) => segment.predicted ?? predictedOf(segment)),
    score: numbers(({ segment }) => segment.score),
    label: gatherBytes(
      order,
      pieces.map(({ labels }) => labels?.label ?? null),
      NO_LABEL,
    ),
    value: numbers(({ labels }) => labels?.value ?? null),
    relevance: gatherRelevance(pieces, order),
    ...gatherFeatures(
      order,
      pieces.map(({ segment }) => segment.features ?? []),
    ),
  };
}

function gatherUnits(pieces: readonly Piece[], order: RowOrder): (string | null)[] {
  const units: (string | null)[] = [];
  forEachRun(order, (part, start, length) => {
    const known = pieces[part]!.segment.units;
    for (let row = start; row < start + length; row += 1) units.push(known?.[row] ?? null);
  });
  return units;
}

function gatherRelevance(pieces: readonly Piece[], order: RowOrder): Rows['relevance'] {
  if (pieces.every(({ labels }) => (labels?.relevance ?? null) === null)) return null;
  const relevance: (readonly number[] | null)[] = [];
  forEachRun(order, (part, start, length) => {
    const texts = pieces[part]!.labels?.relevance ?? null;
    for (let row = start; row < start + length; row += 1) relevance.push(parsed(texts?.[row]));
  });
  return relevance.every((gains) => gains === null) ? null : relevance;
}
