import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
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

/** A seeded generator, uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Rows as the text of a stream. */
export function ndjson(rows: readonly unknown[]): string {
  return rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
}
