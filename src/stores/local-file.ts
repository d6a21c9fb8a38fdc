import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { constants, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Pieces } from './artifact-grid';

/** Bytes that are read at once: what is written meanwhile is several chunks, so their waits overlap. */
const PIECE_BYTES = 2 * 1024 * 1024;

/** A file by what is in it. */
export interface FileSum {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * A regular file of this machine in pieces, as long as it is when it is opened: one that grows as fast as it is read
 * would never end. Never follows a link and never waits for a pipe's writer.
 * @throws Error when it is not there or no regular file; the signal's reason when that is aborted
 */
export async function* piecesOf(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${path} is no regular file`);
    if (found.size === 0) return;
    const highWaterMark = Math.min(PIECE_BYTES, found.size);
    const pieces = file.createReadStream({ end: found.size - 1, highWaterMark, autoClose: false });
    yield* abortable(pieces as AsyncIterable<Uint8Array>, signal);
  } finally {
    await file.close();
  }
}

/** Passes pieces on until a signal is aborted, then throws the signal's reason. */
export async function* abortable(pieces: Pieces, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    yield piece;
  }
}

/** SHA-256 and length of pieces. */
export async function sumOf(pieces: Pieces): Promise<FileSum> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Passes pieces on and, after the last one, throws what `refuse` makes of a digest that is not the one expected. */
export async function* verified(
  pieces: Pieces,
  expected: string,
  refuse: (found: string) => Error,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  const found = hash.digest('hex');
  if (found !== expected) throw refuse(found);
}

/** Writes pieces to a file that is not there yet; when that fails, what was written is removed. */
export async function writeFresh(path: string, pieces: Pieces): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await pipeline(pieces, createWriteStream(path, { fd: file }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
