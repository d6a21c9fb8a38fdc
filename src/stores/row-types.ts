import type { Interval, ModelTarget } from '../contracts';
import type { TextColumn } from './row-columns';

/** Which rows to read. */
export interface RowQuery extends Interval {
  readonly target: ModelTarget;
  /** Labels known later than this count as unknown. */
  readonly asOf: string;
  /** Only these versions; all of them without it. */
  readonly versions?: readonly number[] | undefined;
  /** Leave out rows nobody predicted. */
  readonly servedOnly?: boolean | undefined;
  /** Leave out rows whose class is not known as of `asOf`: what a classifier learns from. */
  readonly labelledOnly?: boolean | undefined;
  /** Whether features are wanted, or which. */
  readonly features?: boolean | readonly string[] | undefined;
  /** Whether ids are wanted, which is so unless said: many of them take longer to read than all numbers. */
  readonly ids?: boolean | undefined;
  /** Whether the units that rows were about are wanted. */
  readonly units?: boolean | undefined;
}

/** Rows by column, in (ts, id) order. */
export interface Rows {
  readonly n: number;
  /** Empty when they were not wanted. */
  readonly ids: readonly string[];
  /** Null where a row names none; not there when they were not wanted. */
  readonly units?: readonly (string | null)[] | undefined;
  readonly at: Float64Array;
  readonly version: Int32Array;
  /** 0 or 1; 255 where none was recorded or it is another number. */
  readonly prediction: Uint8Array;
  /** The prediction as a number; NaN where none was recorded. */
  readonly predicted: Float64Array;
  /** NaN where none was recorded. */
  readonly score: Float64Array;
  /** 0 or 1; 254 where the outcome is known and has no class, 255 where it is not known. */
  readonly label: Uint8Array;
  /** The number that came true; NaN where there is none. */
  readonly value: Float64Array;
  /** Gains of the items of a ranking; null when no row has any. */
  readonly relevance: readonly (readonly number[] | null)[] | null;
  /** Numeric features; NaN where missing. A feature that no row has is not there. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** Features that are texts. Lists and nested values are in neither. */
  readonly texts: ReadonlyMap<string, TextColumn>;
}
