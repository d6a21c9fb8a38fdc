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

/** Typed array to BSON; the copy keeps a view's neighbours out of the document. */
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
export function packFeatures(rows: readonly Readonly<Record<string, FeatureValue>>[]): PackedColumn[] {
  const names = new Set<string>();
  for (const features of rows) for (const name of Object.keys(features)) names.add(name);
  return [...names].sort().map((name) =>
    packColumn(
      name,
      rows.map((features) => (Object.hasOwn(features, name) ? (features[name] ?? null) : null)),
    ),
  );
}

function packColumn(name: string, values: readonly FeatureValue[]): PackedColumn {
  const present = values.filter((value) => value !== null);
  if (present.every((value) => typeof value === 'number' || typeof value === 'boolean')) {
    const data = Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
    return { name, kind: 'number', data: pack(data) };
  }
  if (present.every((value) => typeof value === 'string')) return packText(name, values as readonly (string | null)[]);
  return { name, kind: 'json', json: values.map((value) => (value === null ? null : JSON.stringify(value))) };
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
