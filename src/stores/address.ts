import { randomBytes } from 'node:crypto';
import { MINTED_ID_PATTERN } from '../contracts';

/** Where a row with a minted id stands. */
export interface RowAddress {
  readonly segment: string;
  readonly row: number;
}

const KEYED = 'ids-';

/** Digits of a row number: with leading zeros, ids of a segment have the order of its rows as text, too. */
const ROW_DIGITS = 3;

/**
 * The id of a row that nobody has named: its address.
 * @example mintedId('00f1…', 7) // '00f1…/007'
 */
export function mintedId(segment: string, row: number): string {
  return `${segment}/${String(row).padStart(ROW_DIGITS, '0')}`;
}

/** Where a row stands by its id, or null for an id of a caller's. */
export function addressOf(id: string): RowAddress | null {
  if (!MINTED_ID_PATTERN.test(id)) return null;
  const slash = id.length - ROW_DIGITS - 1;
  return { segment: id.slice(0, slash), row: Number(id.slice(slash + 1)) };
}

/** The id of a new segment, 32 hexadecimal digits: the time in milliseconds, so that newer ids are greater, and chance. */
export function segmentId(): string {
  return Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
}

/** The id of a new segment whose rows have ids of their callers': no address, however it is written, leads into it. */
export function keyedSegmentId(): string {
  return `${KEYED}${segmentId()}`;
}

/** Whether the rows of a segment have ids of their callers'. */
export function isKeyed(segment: string): boolean {
  return segment.startsWith(KEYED);
}
