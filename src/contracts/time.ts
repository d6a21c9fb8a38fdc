/** An instant in UTC, ISO 8601: `2011-12-05T00:00:00.000Z`. Normalised instants compare as text. */
export type Instant = string;

/** A length of time such as `7d`, `12h`, `30m`, `10s`. */
export type Duration = string;

/** A half-open interval of event time: `from` is in, `to` is not. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Which clock a workflow follows. `wall`: durable timers. `data`: event time, moved by `watermarkAdvanced`
 * and `advance`, for replays, backfills and batch scoring.
 */
export type ClockKind = 'wall' | 'data';

/** Every outcome known by `at` has been logged durably, says `source`. */
export interface Watermark {
  /** Who says so; a monitor takes the minimum over its declared sources. Default `default`. */
  readonly source: string;
  readonly at: Instant;
}

/** How far a workflow (and all it has started) has acted, and when it will act next. */
export interface Settled {
  /** Everything due up to and including this event time has been done; null before the first. */
  readonly settledThrough: Instant | null;
  /** The earliest event time at which anything will act; null when nothing is planned. */
  readonly nextDueAt: Instant | null;
}
