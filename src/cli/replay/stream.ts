import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { FUTURE_TOLERANCE_MS } from '../../contracts';
import type { QuarantinedRow } from '../../contracts';
import { firstIssue, shorten, streamRowSchema } from '../../schemas';
import type { StreamRow } from '../../schemas';

/** A stream as read: good rows in (ts, id) order, bad lines with their reasons. */
export interface Stream {
  readonly rows: readonly StreamRow[];
  readonly quarantined: readonly QuarantinedRow[];
}

/**
 * Reads NDJSON, gzipped or not. A bad line never stops the reading: it is set aside with its reason.
 * @param end rows from this instant on are left out
 */
export async function readStream(file: string, end?: string): Promise<Stream> {
  const source = createReadStream(file);
  const input = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const lines = createInterface({ input, crlfDelay: Infinity });
  const failed = new Promise<never>((_, reject) => {
    source.on('error', reject);
    input.on('error', (error: Error) => reject(new Error(`${file} cannot be read: ${error.message}`)));
  });
  return Promise.race([failed, parseLines(lines, end)]);
}

/** Parses lines of a stream. */
export async function parseLines(lines: AsyncIterable<string> | Iterable<string>, end?: string): Promise<Stream> {
  const rows = new Map<string, StreamRow>();
  const quarantined: QuarantinedRow[] = [];
  const latest = Date.now() + FUTURE_TOLERANCE_MS;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const parsed = parseLine(line, number, latest);
    if ('reason' in parsed) quarantined.push(parsed);
    else if (end === undefined || parsed.ts < end) {
      const known = rows.get(parsed.predictionId);
      if (known === undefined) rows.set(parsed.predictionId, parsed);
      else quarantined.push(repeated(parsed.predictionId, number, JSON.stringify(known) === JSON.stringify(parsed)));
    }
  }
  const sorted = [...rows.values()].sort((a, b) => compare(a.ts, b.ts) || compare(a.predictionId, b.predictionId));
  return { rows: sorted, quarantined };
}

function parseLine(line: string, number: number, latest: number): StreamRow | QuarantinedRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const message = `line ${number} is no JSON: ${(error as Error).message}: ${shorten(line)}`;
    return { reason: 'malformed-line', path: `line ${number}`, message, predictionId: null };
  }
  const result = streamRowSchema.safeParse(value);
  if (result.success) {
    if (Date.parse(result.data.ts) <= latest && Date.parse(result.data.labelTs) <= latest) return result.data;
    const message = `line ${number}: ${result.data.ts} is more than a day ahead of the clock`;
    return { reason: 'future-timestamp', path: 'ts', message, predictionId: result.data.predictionId };
  }
  const issue = firstIssue(streamRowSchema, value)!;
  const reason = issue.code === 'unrecognized_keys' ? 'unknown-field' : 'invalid-value';
  const message = `line ${number}: ${issue.path} is ${issue.value}: ${issue.expected}`;
  return { reason, path: issue.path, message, predictionId: null };
}

function repeated(predictionId: string, number: number, same: boolean): QuarantinedRow {
  const message = `line ${number}: ${predictionId} stands in the stream before, ${same ? 'the same' : 'with another body'}; the first stands`;
  return { reason: 'conflict', path: 'predictionId', message, predictionId };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
