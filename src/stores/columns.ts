import { Binary } from 'mongodb';
import type { FeatureValue } from '../contracts';

/** One feature of a segment, packed. A missing value is NaN, code −1 or JSON null. */
export interface PackedColumn {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'json';
  readonly data?: Binary;
  readonly dictionary?: readonly string[];
  readonly json?: readonly (string | null)[];
}

/** The features of a row by name. */
export type Features = Readonly<Record<string, FeatureValue>>;

/** Typed array to BSON, without a copy: the driver copies when it sends. */
export function pack(array: Float64Array | Int32Array | Uint8Array): Binary {
  return new Binary(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
}

/** BSON to bytes at an aligned address: the driver hands out views into its receive buffer. */
function aligned(binary: Binary): ArrayBuffer {
  const { buffer, position } = { buffer: binary.buffer, position: binary.position };
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + position) as ArrayBuffer;
}

/** Doubles of a packed column. */
export function unpackNumbers(binary: Binary): Float64Array {
  return new Float64Array(aligned(binary));
}

/** Whole numbers of a packed column. */
export function unpackIntegers(binary: Binary): Int32Array {
  return new Int32Array(aligned(binary));
}

/** Bytes of a packed column. */
export function unpackBytes(binary: Binary): Uint8Array {
  return new Uint8Array(aligned(binary));
}

/** Packs the features of rows into columns, by name in code-unit order. Booleans are numbers 0 and 1. */
export function packFeatures(rows: readonly Features[]): PackedColumn[] {
  const names = new Set<string>();
  for (const features of rows) for (const name of Object.keys(features)) names.add(name);
  return [...names].sort().map((name) => packNumbers(name, rows) ?? packOthers(name, rows));
}

/** The column when it holds nothing but numbers and booleans, which is the usual case and the one that must be quick. */
function packNumbers(name: string, rows: readonly Features[]): PackedColumn | null {
  const data = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row += 1) {
    const value = valueOf(rows[row]!, name);
    if (typeof value === 'number') data[row] = value;
    else if (value === null) data[row] = Number.NaN;
    else if (typeof value === 'boolean') data[row] = Number(value);
    else return null;
  }
  return { name, kind: 'number', data: pack(data) };
}

function packOthers(name: string, rows: readonly Features[]): PackedColumn {
  const values = rows.map((features) => valueOf(features, name));
  if (values.every((value) => value === null || typeof value === 'string')) return packText(name, values);
  return { name, kind: 'json', json: values.map((value) => (value === null ? null : JSON.stringify(plain(value)))) };
}

function packText(name: string, values: readonly (string | null)[]): PackedColumn {
  const codes = new Map<string, number>();
  const data = Int32Array.from(values, (value) => {
    if (value === null) return -1;
    const code = codes.get(value) ?? codes.size;
    codes.set(value, code);
    return code;
  });
  return { name, kind: 'text', data: pack(data), dictionary: [...codes.keys()] };
}

/** An own property only: a feature may be called `constructor`. */
function valueOf(features: Features, name: string): FeatureValue {
  return Object.hasOwn(features, name) ? (features[name] ?? null) : null;
}

function plain(value: FeatureValue): FeatureValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The values of a column as they were given, booleans as 0 and 1. */
export function unpackColumn(column: PackedColumn): FeatureValue[] {
  if (column.kind === 'number') {
    return Array.from(unpackNumbers(column.data!), (value) => (Number.isNaN(value) ? null : value));
  }
  if (column.kind === 'text') {
    return Array.from(unpackIntegers(column.data!), (code) => (code < 0 ? null : column.dictionary![code]!));
  }
  return column.json!.map((text) => (text === null ? null : (JSON.parse(text) as FeatureValue)));
}
