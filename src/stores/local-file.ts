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
 * A regular file of this machine in pieces. Never follows a link and never waits for a pipe's writer.
 * @throws Error when it is not there or no regular file
 */
export async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${path} is no regular file`);
    const highWaterMark = Math.min(PIECE_BYTES, found.size + 1);
    yield* file.createReadStream({ highWaterMark, autoClose: false }) as AsyncIterable<Uint8Array>;
  } finally {
    await file.close();
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
