import type { Document } from 'mongodb';
import { HISTORY_VERSION } from '../contracts';
import type { FeatureValue } from '../contracts';
import { unpackBytes, unpackColumn, unpackIntegers, unpackNumbers } from './columns';
import { mintedId } from './address';
import { NO_CLASS, NO_LABEL } from './label-codes';
import type { ErasableSegment } from './erased-segment';
import type { SegmentLabels } from './label-state';
import type { PredictionSegment } from './prediction';
import type { RowQuery } from './row-types';
import { targetFilter } from './unique-batch';

/** What of a segment is read when rows are. */
export type ReadSegment = Pick<
  PredictionSegment,
  '_id' | 'version' | 'n' | 'at' | 'prediction' | 'predicted' | 'score'
> &
  Partial<Pick<PredictionSegment, 'ids' | 'units' | 'features'>> &
  Pick<ErasableSegment, 'erased'>;

/** Segments that may hold rows of a query. */
export function segmentFilter(query: RowQuery): Document {
  const { versions, servedOnly } = query;
  return {
    ...targetFilter(query.target),
    from: { $lt: new Date(query.to) },
    to: { $gte: new Date(query.from) },
    ...(versions === undefined && servedOnly !== true
      ? {}
      : {
          version: {
            ...(versions === undefined ? {} : { $in: [...versions] }),
            ...(servedOnly === true ? { $ne: HISTORY_VERSION } : {}),
          },
        }),
  };
}

/** The fields a query needs; a feature's name is a value here, never a path. */
export function segmentProjection({ features = false, ids = true, units = false }: RowQuery): Document {
  const named = { $filter: { input: '$features', cond: { $in: ['$$this.name', { $literal: features }] } } };
  return {
    version: 1,
    n: 1,
    at: 1,
    prediction: 1,
    predicted: 1,
    score: 1,
    erased: 1,
    ...(ids ? { ids: 1 } : {}),
    ...(units ? { units: 1 } : {}),
    ...(features === false ? {} : { features: features === true ? 1 : named }),
  };
}

/** The id of a row; its caller's ids must have been read, or there are none. */
export function idOf(segment: Pick<PredictionSegment, '_id' | 'ids'>, row: number): string {
  return segment.ids === undefined ? mintedId(segment._id, row) : segment.ids[row]!;
}

/** Predictions as numbers; NaN where there is none. */
export function predictedOf(segment: Pick<PredictionSegment, 'prediction' | 'predicted'>): Float64Array {
  if (segment.predicted !== undefined) return unpackNumbers(segment.predicted);
  const codes = unpackBytes(segment.prediction);
  const predicted = new Float64Array(codes.length);
  // `from` with a function takes twenty times as long.
  for (let row = 0; row < codes.length; row += 1) predicted[row] = codes[row]! <= 1 ? codes[row]! : Number.NaN;
  return predicted;
}

/** A segment's labels as of a time. */
export interface KnownLabels {
  /** 255 where not known by then. */
  readonly label: Uint8Array;
  readonly value: Float64Array;
  readonly relevance: readonly (string | null)[] | null;
}

/** What was known by a time: a label that became known later hides the one before it. */
export function labelsAsOf(found: SegmentLabels, asOf: number): KnownLabels {
  const at = unpackNumbers(found.at);
  const known = (row: number): boolean => at[row]! <= asOf;
  return {
    label: unpackBytes(found.label).map((code, row) => (known(row) ? code : NO_LABEL)),
    value: unpackNumbers(found.value).map((value, row) => (known(row) ? value : Number.NaN)),
    relevance: found.relevance?.map((text, row) => (known(row) ? text : null)) ?? null,
  };
}

/** What came true of one row, as far as it is known. */
export function outcomeOf(found: SegmentLabels | null, row: number): Record<string, unknown> {
  const label = found === null ? NO_LABEL : unpackBytes(found.label)[row]!;
  if (found === null || label === NO_LABEL) {
    return { label: null, value: null, relevance: null, labelTs: null, revision: null };
  }
  return {
    label: label === NO_CLASS ? null : label,
    value: finite(unpackNumbers(found.value)[row]!),
    relevance: parsed(found.relevance?.[row]),
    labelTs: new Date(unpackNumbers(found.at)[row]!).toISOString(),
    revision: unpackIntegers(found.revision)[row]!,
  };
}

/** Gains of a ranking from their JSON. */
export function parsed(text: string | null | undefined): readonly number[] | null {
  return text == null ? null : (JSON.parse(text) as number[]);
}

/** NaN as null. */
export function finite(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The features of one row that are not missing. */
export function featuresOf(segment: Pick<PredictionSegment, 'features'>, row: number): Record<string, FeatureValue> {
  // fromEntries defines, it does not assign: a feature called __proto__ stays a feature.
  return Object.fromEntries(
    segment.features
      .map((column) => [column.name, unpackColumn(column)[row]!] as const)
      .filter(([, value]) => value !== null),
  );
}
