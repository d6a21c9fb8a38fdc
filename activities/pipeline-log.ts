import { closeSync, openSync, writeFileSync } from 'node:fs';
import { STAGE_LIMITS } from '../src/contracts';

/** A character takes at most so many bytes. */
const WIDEST = 4;

/** What an attempt writes, in a file that begins with the first of it; the executor leaves the secrets out. */
export class StageLog {
  readonly path: string;
  private file: number | null = null;
  private began = false;
  private bytes = 0;
  private end = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  /** Whether nothing was written. */
  get isEmpty(): boolean {
    return !this.began;
  }

  /** Adds to the file, at once: what is written when the worker dies is there. */
  readonly write = (chunk: Uint8Array | string): void => {
    const given = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (given.length === 0) return;
    this.end = Buffer.concat([this.end, given]).subarray(-STAGE_LIMITS.tail * WIDEST);
    const room = STAGE_LIMITS.logBytes - this.bytes;
    if (room < 0) return;
    this.bytes += given.length;
    this.append(given.subarray(0, room));
    if (given.length > room)
      this.append(`\n[what follows is left out: a log has at most ${STAGE_LIMITS.logBytes} bytes]\n`);
  };

  /** Ends the file. */
  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  /** The last characters of what was written, also of what was left out. */
  tail(): string {
    return this.end.toString().slice(-STAGE_LIMITS.tail).trimEnd();
  }

  private append(bytes: Uint8Array | string): void {
    this.file ??= openSync(this.path, 'wx', 0o600);
    this.began = true;
    // All of it or an error: a disk that is full takes a part without a word.
    writeFileSync(this.file, bytes);
  }
}
