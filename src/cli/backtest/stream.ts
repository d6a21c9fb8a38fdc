import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { QuarantinedRow } from '../../contracts';
import { firstIssue, recordedRowSchema } from '../../schemas';
import type { RecordedPrediction } from '../../schemas';
import { parseLines } from '../replay/stream';
import type { Stream } from '../replay/stream';

/** A stream and the predictions that were recorded with it, by id; none where it only has features and outcomes. */
export interface RecordedStream extends Stream {
  readonly recorded: ReadonlyMap<string, RecordedPrediction>;
}

/**
 * Reads NDJSON, gzipped or not; a line may have `version`, `score` and `prediction` as they were served.
 * @throws Error naming the file when it cannot be read
 */
export async function readRecordedStream(file: string): Promise<RecordedStream> {
  const source = createReadStream(file);
  const input = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const failed = new Promise<never>((_, reject) => {
    for (const stream of [source, input]) {
      stream.on('error', (error: Error) => reject(new Error(`${file} cannot be read: ${error.message}`)));
    }
  });
  return Promise.race([failed, parseRecorded(createInterface({ input, crlfDelay: Infinity }))]);
}

/** Parses lines of a stream. A bad line is set aside with its reason. */
export async function parseRecorded(lines: AsyncIterable<string> | Iterable<string>): Promise<RecordedStream> {
  const recorded = new Map<string, RecordedPrediction>();
  const aside: QuarantinedRow[] = [];
  const stream = await parseLines(takeOut(lines, recorded, aside));
  return { rows: stream.rows, quarantined: [...aside, ...stream.quarantined], recorded };
}

/** The lines without what was recorded; a line that is set aside here becomes an empty one, so that numbers stay. */
async function* takeOut(
  lines: AsyncIterable<string> | Iterable<string>,
  recorded: Map<string, RecordedPrediction>,
  aside: QuarantinedRow[],
): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const value = recordOf(line);
    if (value === null) {
      yield line;
      continue;
    }
    const issue = firstIssue(recordedRowSchema, value);
    if (issue !== null) {
      const reason = issue.code === 'unrecognized_keys' ? 'unknown-field' : 'invalid-value';
      const message = `line ${number}: ${issue.path} is ${issue.value}: ${issue.expected}`;
      aside.push({ reason, path: issue.path, message, predictionId: null });
      yield '';
      continue;
    }
    const { version, score, prediction, ...row } = recordedRowSchema.parse(value);
    // The first row under an id stands.
    if (!recorded.has(row.predictionId)) recorded.set(row.predictionId, { version, score, prediction });
    yield JSON.stringify(row);
  }
}

/** The object on a line that has something recorded; null for any other line. */
function recordOf(line: string): object | null {
  if (!/"(version|score|prediction)"/.test(line)) return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    return ['version', 'score', 'prediction'].some((field) => Object.hasOwn(value, field)) ? value : null;
  } catch {
    // The parser of lines says what is wrong with it.
    return null;
  }
}
