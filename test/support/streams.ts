import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
export { seeded } from '../../src/cli/random';
import type { StreamRow } from '../../src/schemas';

const DATA = join(__dirname, '../../data');

/** The sample stream, as it is committed. */
export function sampleRows(): StreamRow[] {
  const text = gunzipSync(readFileSync(join(DATA, 'bike-hourly.ndjson.gz'))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StreamRow);
}

/** The sample scenario with changes. */
export function sampleScenario(change: Record<string, unknown> = {}): Record<string, unknown> {
  const scenario = JSON.parse(readFileSync(join(DATA, 'bike-hourly.scenario.json'), 'utf8')) as Record<string, unknown>;
  return { ...scenario, ...change };
}

/** Rows as the text of a stream. */
export function ndjson(rows: readonly unknown[]): string {
  return rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
}
