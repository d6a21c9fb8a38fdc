/** Names and limits that both sides of a workflow agree on. */

/** Workflow and activity types are registered as `loopwright.<name>`, so a user's own names never clash. */
export const TYPE_PREFIX = 'loopwright.';

/** The queue that workers poll unless the plugin is told otherwise. */
export const DEFAULT_TASK_QUEUE = 'loopwright';

/** Rows that were imported without a prediction (history to train on) carry this version. */
export const HISTORY_VERSION = 0;

/**
 * A run continues as new at the first of these, or when the server suggests it. The server refuses a run's 10 001st
 * signal; a run that is flooded needs room to end, and a short history to be read again quickly.
 */
export const RUN_LIMITS = { events: 2_000, bytes: 2 * 1024 * 1024, updates: 1_000, signals: 500 } as const;

/** How many idempotency keys an entity workflow carries through continue-as-new. */
export const REMEMBERED_KEYS = 200;

/** Rows and bytes of one prediction segment, at most. */
export const SEGMENT_LIMITS = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

/** Outcomes in one `recordOutcomes` signal, at most. */
export const SIGNAL_LIMITS = { outcomes: 500, bytes: 48 * 1024 } as const;

/** Rows and bytes of one `recordOutcomes` or `recordPredictions` workflow, at most. */
export const BATCH_LIMITS = { rows: 10_000, bytes: 1024 * 1024 } as const;

/** Rows of one call of `log`, at most: more are refused before anything is written. */
export const LOG_LIMIT = 1_000_000;

/** One nudge per monitor and so many milliseconds, over all processes. */
export const NUDGE_INTERVAL_MS = 1_000;

/** How far ahead of the wall clock an event may be dated before it is quarantined, in milliseconds. */
export const FUTURE_TOLERANCE_MS = 24 * 60 * 60 * 1_000;

/** An experiment's look decides only from this many labelled rows per arm. */
export const MINIMUM_PER_ARM = 100;

/** Below this p-value the sequential sample-ratio check makes an experiment invalid. */
export const SAMPLE_RATIO_ALARM = 0.001;
