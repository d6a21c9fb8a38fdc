import { hash } from 'node:crypto';

/** Hexadecimal digits of a row's digest that a segment keeps, to tell the same body from another. */
export const DIGEST_DIGITS = 32;

/** Room for a row as bytes; it grows to the largest row that came and is used again for the next. */
let room = Buffer.alloc(4_096);
let view = new DataView(room.buffer, room.byteOffset, room.byteLength);

/** What stands before a value: its kind. */
const KINDS = { number: 1, ascii: 2, wide: 3, list: 4, object: 5, end: 6, other: 7 } as const;

/**
 * A digest of a row in hexadecimal digits: SHA-256 over its values, each with its kind and length, object keys in
 * code-unit order, so that two rows have the same bytes only when they say the same. A property that is undefined
 * counts as not there. Several times as quick as a digest of JSON, because numbers are not turned into decimals.
 */
export function digestRow(row: unknown): string {
  const end = write(row, 0);
  return hash('sha256', room.subarray(0, end), 'hex').slice(0, DIGEST_DIGITS);
}

/** Writes a value from a place on and returns the place after it. */
function write(value: unknown, at: number): number {
  if (typeof value === 'number') return writeNumber(KINDS.number, value, at);
  if (typeof value === 'string') return writeText(value, at);
  if (Array.isArray(value)) return writeList(value, at);
  if (typeof value === 'object' && value !== null) return writeObject(value as Record<string, unknown>, at);
  return writeNumber(KINDS.other, value === true ? 1 : value === false ? 0 : -1, at);
}

function writeList(values: readonly unknown[], at: number): number {
  let end = writeNumber(KINDS.list, values.length, at);
  for (const value of values) end = write(value, end);
  return end;
}

function writeObject(value: Readonly<Record<string, unknown>>, at: number): number {
  const names = Object.keys(value);
  if (!isSorted(names)) names.sort();
  let end = writeNumber(KINDS.object, 0, at);
  for (const name of names) {
    const entry = value[name];
    if (entry !== undefined) end = write(entry, writeText(name, end));
  }
  return writeNumber(KINDS.end, 0, end);
}

function isSorted(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index += 1) if (names[index - 1]! > names[index]!) return false;
  return true;
}

function writeNumber(kind: number, value: number, at: number): number {
  reserve(at + 9);
  room[at] = kind;
  // −0 and 0 are the same number.
  view.setFloat64(at + 1, value + 0);
  return at + 9;
}

function writeText(text: string, at: number): number {
  const { length } = text;
  reserve(at + 5 + 2 * length);
  view.setUint32(at + 1, length);
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) return writeWide(text, at);
    room[at + 5 + index] = code;
  }
  room[at] = KINDS.ascii;
  return at + 5 + length;
}

/** A text with other characters than those of ASCII. */
function writeWide(text: string, at: number): number {
  room[at] = KINDS.wide;
  return at + 5 + room.write(text, at + 5, 'utf16le');
}

function reserve(bytes: number): void {
  if (bytes <= room.length) return;
  const larger = Buffer.alloc(2 * bytes);
  room.copy(larger);
  room = larger;
  view = new DataView(room.buffer, room.byteOffset, room.byteLength);
}
