import { defineUpdate } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { MetricName } from './metrics';
import type { Instant } from './time';

/** What an alert is about. */
export type AlertKind =
  /** A metric is on the wrong side of its level. */
  | 'performance'
  /** A feature, the prediction or its score is distributed otherwise than in the reference. */
  | 'drift'
  /** A feature is missing or new. */
  | 'schema'
  /** Too few or too many predictions in a window. */
  | 'volume'
  /** No predictions for too long. */
  | 'silence'
  /** A metric of one segment. */
  | 'segment'
  /** A metric estimated before its labels is on the wrong side of its level. */
  | 'estimate'
  /** Labels contradict the estimate: the scores do not mean any more what they meant. */
  | 'concept'
  /** A retraining could not undo a step; `resolveCompensation` closes it. A monitor never finds this one. */
  | 'compensation'
  /** A challenger waits for approval. A monitor never finds this one. */
  | 'approval';

/** `high`: the value is beyond .8 × the level (1.25 × where lower is better) or beyond `highMargin`; `medium` otherwise. */
export type AlertSeverity = 'medium' | 'high';

/** Where an alert stands. */
export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved';

/**
 * What a monitor does about an alert; every alert is recorded whatever the response. `open-quality-gate`: no
 * retraining starts while such an alert is unresolved.
 */
export type ResponseAction =
  'notify' | 'retrain' | 'roll-back' | 'notify-data-engineers' | 'open-quality-gate' | 'assess-impact';

/** What a degradation costs, in the currency of the spec. */
export interface AlertCost {
  readonly currency: string;
  /** Per day, for as long as it lasts; the ends of its interval beside it. */
  readonly perDay: number;
  readonly low: number;
  readonly high: number;
  /** In words: value × volume × drop. */
  readonly how: string;
}

/** How an alert ended. */
export interface Resolution {
  readonly by: 'evidence' | 'person';
  readonly at: Instant;
  readonly evidence: string;
}

/** A problem from when it was found until it is gone; the same problem is one alert with a count. */
export interface Alert {
  /** `{fingerprint}@{at}`: the same problem at another time is another alert. */
  readonly id: string;
  /** `{model}:{environment}:{kind}:{subject}`. */
  readonly fingerprint: string;
  readonly kind: AlertKind;
  /** The metric, the feature, `prediction`, `score`, `features` for many of them, `segment/metric`. */
  readonly subject: string;
  /** The metric it is about, if any. */
  readonly metric: MetricName | null;
  readonly value: number | null;
  readonly level: number | null;
  readonly baseline: number | null;
  readonly severity: AlertSeverity;
  /** Starts of the windows that are the evidence, newest last, at most twelve. */
  readonly windows: readonly Instant[];
  /** Rows in the last of them. */
  readonly n: number;
  /** When it fired, on the monitor's clock. */
  readonly at: Instant;
  /** When it was last found. */
  readonly lastAt: Instant;
  /** In how many looks it was found. */
  readonly count: number;
  /** What was found, in words with the numbers. */
  readonly summary: string;
  /** Features that moved together, when it is about more than one. */
  readonly features: readonly string[];
  readonly cost: AlertCost | null;
  readonly state: AlertState;
  /** What was done about it. */
  readonly actions: readonly ResponseAction[];
  /** What was not done, and why: cooldown, budget, an open quality gate. */
  readonly withheld: readonly { readonly action: ResponseAction; readonly reason: string }[];
  readonly escalatedAt: Instant | null;
  readonly snoozedUntil?: Instant | undefined;
  readonly resolution: Resolution | null;
  readonly who?: string | undefined;
  readonly note?: string | undefined;
}

/** What happened to an alert, as sinks are told. */
export type AlertEvent = 'opened' | 'worsened' | 'escalated' | 'reopened' | 'acknowledged' | 'snoozed' | 'resolved';

/** An alert with what happened to it. */
export interface AlertChange {
  readonly event: AlertEvent;
  readonly alert: Alert;
}

/** An operator's decision on an alert that is not resolved. */
export interface AlertDecision {
  readonly fingerprint: string;
  readonly who: string;
  readonly note?: string | undefined;
}

/** Quiet until then; after that it is open again. */
export interface SnoozeDecision extends AlertDecision {
  readonly until: Instant;
}

export const acknowledgeAlertUpdate = defineUpdate<Alert, [AlertDecision]>('acknowledgeAlert');
export const snoozeAlertUpdate = defineUpdate<Alert, [SnoozeDecision]>('snoozeAlert');
export const resolveAlertUpdate = defineUpdate<Alert, [AlertDecision]>('resolveAlert');

/** What a sink is given. */
export interface AlertNotification extends AlertChange {
  readonly target: ModelTarget;
  /** The same key is the same notification: a sink that has it need not take it again. */
  readonly key: string;
}

/** A place that alerts are sent to. It throws when it did not take the notification, and is then asked again. */
export interface AlertSink {
  deliver(notification: AlertNotification): Promise<void>;
}

/** Activities around alerts. */
export interface AlertActivities {
  /** Records alerts as they now stand, each with the change that led there; the same change again is harmless. */
  recordAlert(input: { readonly target: ModelTarget; readonly changes: readonly AlertChange[] }): Promise<void>;
  /** Sends changes to sinks by name; what a sink has taken before is not sent to it again. */
  deliverAlerts(input: {
    readonly target: ModelTarget;
    readonly changes: readonly AlertChange[];
    readonly sinks: readonly string[];
  }): Promise<{ readonly failed: readonly { readonly sink: string; readonly reason: string }[] }>;
}
