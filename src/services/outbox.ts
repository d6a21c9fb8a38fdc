/** Where pieces go, and what is told on the way. */
export interface OutboxParts<T> {
  /** Stores a batch durably; called again with the same pieces when it fails. */
  readonly send: (batch: T[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Told of a piece that is given up: more wait than there is room for. */
  readonly onLost?: ((piece: T) => void) | undefined;
  readonly capacity: number;
}

/** As many go at once. */
const BATCH = 500;

/** A piece waits no longer than this for others. */
const DELAY_MS = 100;

/** After a failure. */
const RETRY_MS = 1_000;

/** Pieces that are sent in the background: in order, batch by batch, again after a failure. */
export class Outbox<T> {
  private readonly parts: OutboxParts<T>;
  private waiting: T[] = [];
  private lost = 0;
  private timer: NodeJS.Timeout | null = null;
  private sending: Promise<void> | null = null;
  private failure: unknown = null;

  constructor(parts: OutboxParts<T>) {
    this.parts = parts;
  }

  /** Takes a piece and returns at once; where there is no room, the oldest that waits is given up. */
  add(piece: T): void {
    this.waiting.push(piece);
    if (this.waiting.length > this.parts.capacity) {
      this.lost += 1;
      this.parts.onLost?.(this.waiting.shift()!);
    }
    if (this.waiting.length >= BATCH && this.failure === null) void this.deliver();
    else this.later(DELAY_MS);
  }

  /**
   * Returns when all pieces so far are stored.
   * @throws Error when they cannot be stored now; they go on waiting
   */
  async flush(): Promise<void> {
    await this.sending;
    if (this.waiting.length > 0) await this.deliver();
    if (this.waiting.length > 0)
      throw new Error(`${this.waiting.length} pieces could not be sent and wait`, { cause: this.failure });
  }

  /** The last attempt; what cannot be stored by then is given up. @throws Error telling how many */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
      for (const piece of this.waiting.splice(0)) this.parts.onLost?.(piece);
    }
  }

  private deliver(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.parts.send(batch);
        this.failure = null;
      } catch (error) {
        this.waiting.unshift(...batch);
        this.failure = error;
        this.later(RETRY_MS);
        this.parts.onError(error);
        return;
      }
      if (this.lost > 0) {
        this.parts.onError(new Error(`${this.lost} pieces were given up: more than ${this.parts.capacity} waited`));
        this.lost = 0;
      }
    }
  }

  private later(milliseconds: number): void {
    this.timer ??= setTimeout(() => void this.deliver(), milliseconds);
  }
}
