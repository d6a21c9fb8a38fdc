import type { TrainingRows } from '../contracts';
import { records } from './csv-records';

/** The column that a model learns; no feature may be called so. */
const LABEL = 'label';

/** Rows that are put into bytes at once. */
const CHUNK = 1_000;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Rows that CSV cannot hold, or a text that holds none. */
export class TrainingCsvError extends Error {
  override readonly name = 'TrainingCsvError';
}

/**
 * Rows as CSV (RFC 4180, UTF-8, lines end with LF): the column `label` first, then the features by name in ascending
 * order of UTF-16 codes. A number is its shortest text that gives the same number again (`-0` for minus zero), a
 * missing value is empty.
 * @throws TrainingCsvError for a feature called `label` and for an infinite value
 * @example encodeTrainingCsv({ n: 1, labels: Uint8Array.of(1), columns: new Map([['x', Float64Array.of(0.5)]]) })
 * // label,x
 * // 1,0.5
 */
export function encodeTrainingCsv({ n, columns, labels }: TrainingRows): Uint8Array {
  const names = [...columns.keys()].sort();
  if (names.includes(LABEL)) throw new TrainingCsvError(`a feature is called "${LABEL}": expected any other name`);
  const values = names.map((name) => columns.get(name)!);
  const encoder = new TextEncoder();
  const chunks = [encoder.encode(`${[LABEL, ...names.map(quoted)].join(',')}\n`)];
  for (let start = 0; start < n; start += CHUNK) {
    let text = '';
    for (let row = start; row < Math.min(n, start + CHUNK); row += 1) {
      text += String(labels[row]);
      for (let column = 0; column < names.length; column += 1)
        text += `,${cell(values[column]![row]!, names[column]!, row)}`;
      text += '\n';
    }
    chunks.push(encoder.encode(text));
  }
  return Buffer.concat(chunks);
}

/**
 * Rows from CSV: `label` must be the first column, the features may come in any order.
 * @throws TrainingCsvError with line, column, value and what is accepted
 */
export function decodeTrainingCsv(bytes: Uint8Array): TrainingRows {
  const text = textOf(bytes);
  const lines = records(text, (line, why) => new TrainingCsvError(`line ${line}: ${why}`));
  const head = lines.next();
  const [label, ...names] = head.done === true ? [] : head.value.fields;
  if (label !== LABEL) throw new TrainingCsvError(`the first column is ${shown(label)}: expected ${LABEL}`);
  const twice = names.find((name, index) => name === LABEL || names.indexOf(name) !== index);
  if (twice !== undefined) throw new TrainingCsvError(`column ${shown(twice)} is there twice: expected it once`);
  // A row has a sign for every column at least, so what is set aside is bounded by the bytes.
  const most = Math.min(linesIn(text), Math.ceil((text.length + 1) / (names.length + 1)));
  const labels = new Uint8Array(most);
  const values = names.map(() => new Float64Array(most));
  let n = 0;
  for (const { line, fields } of lines) {
    if (fields.length !== names.length + 1) {
      throw new TrainingCsvError(`line ${line} has ${fields.length} fields: expected ${names.length + 1}`);
    }
    labels[n] = labelOf(fields[0]!, line);
    for (let column = 0; column < names.length; column += 1)
      values[column]![n] = numberOf(fields[column + 1]!, line, names[column]!);
    n += 1;
  }
  const columns = new Map(names.map((name, column) => [name, values[column]!.slice(0, n)] as const));
  return { n, columns, labels: labels.slice(0, n) };
}

/** A name as a field: in quotes where it holds what separates fields, quotes, or blanks at an end. */
function quoted(name: string): string {
  return /[",\r\n]|^\s|\s$|^$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function cell(value: number, name: string, row: number): string {
  if (Number.isNaN(value)) return '';
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  throw new TrainingCsvError(`feature ${shown(name)} is ${value} in row ${row}: expected a finite number or none`);
}

function labelOf(field: string, line: number): number {
  const label = NUMBER.test(field) ? Number(field) : Number.NaN;
  if (label === 0 || label === 1) return label;
  throw new TrainingCsvError(`line ${line}, column ${LABEL} is ${shown(field)}: expected 0 or 1`);
}

function numberOf(field: string, line: number, name: string): number {
  if (field === '') return Number.NaN;
  const value = NUMBER.test(field) ? Number(field) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const expected = 'expected a finite number, or nothing where it is missing';
  throw new TrainingCsvError(`line ${line}, column ${shown(name)} is ${shown(field)}: ${expected}`);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TrainingCsvError('the bytes are no UTF-8: expected CSV with the column label first');
  }
}

function linesIn(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function shown(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value.slice(0, 80));
}
