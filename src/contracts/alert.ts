import type { Instant } from './time';
import type { MetricName } from './metrics';

/** `high`: the metric is beyond .8 × the level (1.25 × where lower is better); `medium` otherwise. */
export type AlertSeverity = 'medium' | 'high';

/** Where an alert stands. */
export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved';

/** What a monitor does about an alert; every alert is recorded whatever the response. */
export type ResponseAction = 'notify' | 'retrain' | 'roll-back';

/** A metric that stayed on the wrong side of its level. */
export interface Alert {
  /** `{model}:{environment}:{metric}:{start of the last window}`: the same facts give the same alert. */
  readonly fingerprint: string;
  readonly metric: MetricName;
  readonly value: number;
  readonly level: number;
  readonly baseline: number;
  readonly severity: AlertSeverity;
  /** Starts of the windows that are the evidence. */
  readonly windows: readonly Instant[];
  /** Labelled rows in the last of them. */
  readonly n: number;
  /** The watermark at which it fired. */
  readonly at: Instant;
  readonly state: AlertState;
  readonly actions: readonly ResponseAction[];
  readonly snoozedUntil?: Instant | undefined;
  readonly who?: string | undefined;
  readonly note?: string | undefined;
}

/** An operator's decision on an alert. */
export interface AlertDecision {
  readonly fingerprint: string;
  readonly who: string;
  readonly note?: string | undefined;
}

/** Quiet until then; after that it is open again. */
export interface SnoozeDecision extends AlertDecision {
  readonly until: Instant;
}
