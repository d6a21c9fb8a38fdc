import type { Binary } from 'mongodb';
import { pack, unpackBytes, unpackIntegers, unpackNumbers } from './columns';
import type { PackedColumn } from './columns';

/** Bytes of a row's digest. */
const DIGEST_BYTES = 16;

/** A column of bytes with some rows only. */
export function keepBytes(column: Binary, rows: readonly number[]): Binary {
  const bytes = unpackBytes(column);
  return pack(Uint8Array.from(rows, (row) => bytes[row]!));
}

/** A column of doubles with some rows only. */
export function keepNumbers(column: Binary, rows: readonly number[]): Binary {
  const numbers = unpackNumbers(column);
  return pack(Float64Array.from(rows, (row) => numbers[row]!));
}

/** A column of whole numbers with some rows only. */
export function keepIntegers(column: Binary, rows: readonly number[]): Binary {
  const whole = unpackIntegers(column);
  return pack(Int32Array.from(rows, (row) => whole[row]!));
}

/** Digests of some rows only. */
export function keepDigests(column: Binary, rows: readonly number[]): Binary {
  const bytes = unpackBytes(column);
  return pack(Buffer.concat(rows.map((row) => bytes.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES))));
}

/** A feature where row k of the result is the row named there, or missing where none is; texts nobody holds are gone. */
export function arrangeFeature(column: PackedColumn, rows: readonly (number | null)[]): PackedColumn {
  const { name, kind } = column;
  if (kind === 'number') {
    const values = unpackNumbers(column.data!);
    return { name, kind, data: pack(Float64Array.from(rows, (row) => (row === null ? Number.NaN : values[row]!))) };
  }
  if (kind === 'json') return { name, kind, json: rows.map((row) => (row === null ? null : column.json![row]!)) };
  const codes = unpackIntegers(column.data!);
  const dictionary = new Map<string, number>();
  const data = Int32Array.from(rows, (row) => {
    if (row === null || codes[row]! < 0) return -1;
    const text = column.dictionary![codes[row]!]!;
    if (!dictionary.has(text)) dictionary.set(text, dictionary.size);
    return dictionary.get(text)!;
  });
  return { name, kind, data: pack(data), dictionary: [...dictionary.keys()] };
}
