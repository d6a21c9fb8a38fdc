import { Binary } from 'mongodb';
import { unpackBytes, unpackIntegers, unpackNumbers } from './columns';
import type { PackedColumn } from './columns';
import { forEachRun } from './row-order';
import type { RowOrder } from './row-order';

/** A text feature: codes into `names`, −1 where missing. */
export interface TextColumn {
  readonly codes: Int32Array;
  /** In the order in which they first come up. */
  readonly names: readonly string[];
}

interface Column {
  readonly numbers: Source<Float64Array>;
  readonly texts: TextColumn | null;
}

/** Values of a part: as they came from the store, or unpacked. */
export type Source<T extends Float64Array | Uint8Array> = Binary | T | null;

/** Runs shorter than this on average are copied value by value: a view of a row or two costs more than the rows. */
const SHORT = 16;

/** Doubles of parts in one array, in order; NaN where a part has none. */
export function gatherNumbers(order: RowOrder, sources: readonly Source<Float64Array>[]): Float64Array {
  const into = new Float64Array(order.n);
  if (sources.includes(null)) into.fill(Number.NaN);
  if (!isShort(order)) return copyRuns(order, into, sources);
  return copyValues(
    order,
    into,
    sources.map((source) => (source instanceof Binary ? unpackNumbers(source) : source)),
  );
}

/** Bytes of parts in one array, in order. */
export function gatherBytes(order: RowOrder, sources: readonly Source<Uint8Array>[], missing: number): Uint8Array {
  const into = new Uint8Array(order.n).fill(missing);
  if (!isShort(order)) return copyRuns(order, into, sources);
  return copyValues(
    order,
    into,
    sources.map((source) => (source instanceof Binary ? unpackBytes(source) : source)),
  );
}

function isShort(order: RowOrder): boolean {
  return order.n < SHORT * order.part.length;
}

/** Straight from what the driver received: it need not lie where doubles may lie. */
function copyRuns<T extends Float64Array | Uint8Array>(order: RowOrder, into: T, sources: readonly Source<T>[]): T {
  const width = into.BYTES_PER_ELEMENT;
  const target = new Uint8Array(into.buffer);
  const bytes = sources.map((source) => source && bytesOf(source));
  forEachRun(order, (part, start, length, offset) => {
    const source = bytes[part];
    if (source) target.set(source.subarray(start * width, (start + length) * width), offset * width);
  });
  return into;
}

function copyValues<T extends Float64Array | Uint8Array>(order: RowOrder, into: T, sources: readonly (T | null)[]): T {
  forEachRun(order, (part, start, length, offset) => {
    const source = sources[part];
    if (source) for (let row = 0; row < length; row += 1) into[offset + row] = source[start + row]!;
  });
  return into;
}

function bytesOf(source: Binary | Float64Array | Uint8Array): Uint8Array {
  if (source instanceof Binary) return source.buffer.subarray(0, source.position);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** The features of parts, by name in code-unit order: a feature is among the numbers when any row has one, among the texts likewise. */
export function gatherFeatures(
  order: RowOrder,
  parts: readonly (readonly PackedColumn[])[],
): { columns: ReadonlyMap<string, Float64Array>; texts: ReadonlyMap<string, TextColumn> } {
  const byName = new Map<string, (Column | null)[]>();
  parts.forEach((features, part) => {
    for (const packed of features) {
      const sources = byName.get(packed.name) ?? new Array<Column | null>(parts.length).fill(null);
      sources[part] = decode(packed);
      byName.set(packed.name, sources);
    }
  });
  const columns = new Map<string, Float64Array>();
  const texts = new Map<string, TextColumn>();
  for (const name of [...byName.keys()].sort()) {
    const sources = byName.get(name)!;
    if (sources.some((column) => column?.numbers)) {
      const numbers = gatherNumbers(
        order,
        sources.map((column) => column?.numbers ?? null),
      );
      // A feature that no row has is not there, wherever the segments of its rows begin and end.
      if (numbers.some((value) => !Number.isNaN(value))) columns.set(name, numbers);
    }
    if (sources.some((column) => column?.texts)) {
      const text = gatherTexts(
        order,
        sources.map((column) => column?.texts ?? null),
      );
      if (text.names.length > 0) texts.set(name, text);
    }
  }
  return { columns, texts };
}

function decode(column: PackedColumn): Column {
  if (column.kind === 'number') return { numbers: column.data!, texts: null };
  if (column.kind === 'text') {
    return { numbers: null, texts: { codes: unpackIntegers(column.data!), names: column.dictionary! } };
  }
  return split(column.json!.map((text) => (text === null ? null : (JSON.parse(text) as unknown))));
}

/** A column that holds numbers and texts is both, as it would be if they stood in two segments. */
function split(values: readonly unknown[]): Column {
  const names = values.filter((value) => typeof value === 'string');
  const codes = new Map(names.map((name, code) => [name, code]));
  return {
    numbers: Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)),
    texts: { names, codes: Int32Array.from(values, (value) => codes.get(value as string) ?? -1) },
  };
}

function gatherTexts(order: RowOrder, sources: readonly (TextColumn | null)[]): TextColumn {
  const codes = new Int32Array(order.n).fill(-1);
  const byName = new Map<string, number>();
  const known = sources.map((source) => (source === null ? null : new Int32Array(source.names.length).fill(-1)));
  forEachRun(order, (part, start, length, offset) => {
    const source = sources[part];
    for (let row = 0; source && row < length; row += 1) {
      const local = source.codes[start + row]!;
      if (local >= 0) codes[offset + row] = translate(source.names[local]!, local, known[part]!, byName);
    }
  });
  return { codes, names: [...byName.keys()] };
}

function translate(name: string, local: number, known: Int32Array, byName: Map<string, number>): number {
  if (known[local]! < 0) {
    known[local] = byName.get(name) ?? byName.size;
    byName.set(name, known[local]);
  }
  return known[local]!;
}
