import { condition } from '@temporalio/workflow';
import { iso, ms } from '../../src/domain/time';
import type { ClockKind, Instant } from '../../src/contracts';

/**
 * The one way a workflow waits. On the wall clock time passes by durable timers; on the data clock by the watermark.
 */
export class Clock {
  readonly kind: ClockKind;
  private readonly watermark: () => Instant | null;

  constructor(kind: ClockKind, watermark: () => Instant | null) {
    this.kind = kind;
    this.watermark = watermark;
  }

  /** The event time up to which things may be done; null while no watermark has come. */
  now(): Instant | null {
    return this.kind === 'wall' ? iso(Date.now()) : this.watermark();
  }

  /** The present, or the given instant where that is later or no watermark has come. */
  from(instant: Instant): Instant {
    const now = this.now();
    return now !== null && now > instant ? now : instant;
  }

  /** Whether an event time has come. */
  reached(at: Instant | null): boolean {
    const now = this.now();
    return at !== null && now !== null && now >= at;
  }

  /** Waits until an event time has come or `wake` says so; `null` waits for `wake` alone. */
  async waitUntil(at: Instant | null, wake: () => boolean): Promise<void> {
    if (this.kind === 'data') await condition(() => wake() || this.reached(at));
    else if (at === null) await condition(wake);
    else await condition(wake, Math.max(1, ms(at) - Date.now()));
  }
}

/** Waits for a fact, but looks up after a while: a workflow that should bring it may have been terminated. */
export async function waitFor(fact: () => boolean, patienceMs: number): Promise<boolean> {
  return condition(fact, patienceMs);
}
