import type { ChangeStream } from 'mongodb';
import type { Serving } from '../contracts';

/** Told what serves; what it throws is told to `onError` and stops nothing. */
export type ServingHandler = (serving: Serving) => void | Promise<void>;

/** Where a watch looks, and whom it tells. */
export interface ServingWatchParts {
  /** What serves now, or null. */
  readonly read: () => Promise<Serving | null>;
  /** Opens the stream whose events are hints that something changed; null: the poll alone. */
  readonly openStream: (() => ChangeStream) | null;
  readonly pollMs: number;
  readonly onChange: ServingHandler;
  readonly onError: (error: unknown) => void;
}

/** A watch that is under way. */
export interface ServingHandle {
  /** What was delivered last; null before the first deploy. */
  current(): Serving | null;
  /** Ends the watch; nothing is delivered any more when it returns. */
  close(): Promise<void>;
}

/**
 * Sees what serves. The poll is the truth; the change stream only makes it look sooner, and where there is none, or
 * when it breaks, the poll goes on alone. Tokens are delivered in increasing order, each once; a decision that was
 * overtaken before it was read is not.
 */
export class ServingWatch implements ServingHandle {
  private readonly parts: ServingWatchParts;
  private readonly timer: NodeJS.Timeout;
  private readonly stream: ChangeStream | null;
  private last: Serving | null = null;
  private closed = false;
  private looking: Promise<void> | null = null;
  /** Whether a hint or a tick came while a look was under way: what it read may be older. */
  private again = false;

  private constructor(parts: ServingWatchParts) {
    this.parts = parts;
    this.stream = this.listen();
    this.timer = setInterval(() => void this.look(), parts.pollMs);
  }

  /** Starts it and returns after the first look. */
  static async start(parts: ServingWatchParts): Promise<ServingWatch> {
    const watch = new ServingWatch(parts);
    await watch.look();
    return watch;
  }

  current(): Serving | null {
    return this.last;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.stream?.close().catch(() => undefined);
    await this.looking;
  }

  /** One look at a time; one that is asked for meanwhile comes after it. */
  private look(): Promise<void> {
    this.again = true;
    this.looking ??= this.lookWhileAsked();
    return this.looking;
  }

  private async lookWhileAsked(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      try {
        this.deliver(await this.parts.read());
      } catch (error) {
        this.tell(error);
      }
    }
    this.looking = null;
  }

  private deliver(serving: Serving | null): void {
    if (this.closed || serving === null || serving.token <= (this.last?.token ?? 0)) return;
    this.last = serving;
    try {
      // Not waited for: a handler that hangs must not stop the watch.
      void Promise.resolve(this.parts.onChange(serving)).catch((error: unknown) => this.tell(error));
    } catch (error) {
      this.tell(error);
    }
  }

  private listen(): ChangeStream | null {
    try {
      const stream = this.parts.openStream?.() ?? null;
      stream?.on('change', () => void this.look());
      // The driver resumes what it can; this is the rest.
      stream?.on('error', (error) => {
        if (!this.closed) this.tell(error);
      });
      return stream;
    } catch (error) {
      this.tell(error);
      return null;
    }
  }

  private tell(error: unknown): void {
    try {
      this.parts.onError(error);
    } catch {
      // Whoever is told of failures and fails is told no more.
    }
  }
}
