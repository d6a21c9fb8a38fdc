const CHUNK = 50_000;

/** Writes rows so many at a time, as a client does that sends a lot at once. */
export async function inChunks<T>(rows: Iterable<T>, write: (chunk: readonly T[]) => Promise<unknown>): Promise<void> {
  let chunk: T[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < CHUNK) continue;
    await write(chunk);
    chunk = [];
  }
  if (chunk.length > 0) await write(chunk);
}
