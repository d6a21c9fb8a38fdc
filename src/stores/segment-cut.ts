import { SEGMENT_LIMITS } from '../contracts';
import type { NewPrediction } from '../contracts';
import type { Features } from './columns';

/** Milliseconds of each row. */
export function timesOf(rows: readonly NewPrediction[]): Float64Array {
  return Float64Array.from(rows, (row) => Date.parse(row.ts));
}

/** Positions of rows, those of one version together and in (ts, id) order; rows without ids in the given order. */
export function sortPositions(
  rows: readonly NewPrediction[],
  at: Float64Array,
  positions: readonly number[],
): number[] {
  const compare = (a: number, b: number): number =>
    rows[a]!.version - rows[b]!.version ||
    at[a]! - at[b]! ||
    compareIds(rows[a]!.predictionId, rows[b]!.predictionId) ||
    a - b;
  const sorted = positions.every((position, index) => index === 0 || compare(positions[index - 1]!, position) < 0);
  return sorted ? [...positions] : positions.toSorted(compare);
}

function compareIds(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

/** Cuts sorted positions into segments: one version, and no more rows and bytes than a segment may have. */
export function cutSegments(rows: readonly NewPrediction[], sorted: readonly number[]): number[][] {
  const segments: number[][] = [];
  let size = new PackedSize();
  let version: number | null = null;
  for (const position of sorted) {
    const row = rows[position]!;
    const last = segments.at(-1);
    if (
      last === undefined ||
      row.version !== version ||
      last.length === SEGMENT_LIMITS.rows ||
      !size.add(row.features)
    ) {
      segments.push([position]);
      version = row.version;
      size = new PackedSize();
      size.add(row.features);
    } else last.push(position);
  }
  return segments;
}

/** How large rows are when they are packed: every row has a cell in the column of every name. */
class PackedSize {
  private readonly names = new Set<string>();
  private rows = 0;
  private nameBytes = 0;
  private valueBytes = 0;

  /** Adds a row, or says that the segment is full. An empty segment takes any row. */
  add(features: Features): boolean {
    for (const name of Object.keys(features)) {
      if (!this.names.has(name)) {
        this.names.add(name);
        this.nameBytes += name.length + COLUMN_BYTES;
      }
      const value = features[name];
      if (typeof value === 'string') this.valueBytes += value.length + COLUMN_BYTES;
      else if (typeof value === 'object' && value !== null)
        this.valueBytes += JSON.stringify(value).length + COLUMN_BYTES;
    }
    this.rows += 1;
    return this.nameBytes + this.valueBytes + this.rows * this.names.size * NUMBER_BYTES <= SEGMENT_LIMITS.bytes;
  }
}

const NUMBER_BYTES = 8;
/** What BSON puts around a column, a dictionary's entry or a text. */
const COLUMN_BYTES = 64;
