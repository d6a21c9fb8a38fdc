import { workflowIds } from '../contracts';
import type { Alert, AlertChange, Instant, PersonDecision, RetrainSpec } from '../contracts';

/** What a retraining raises of itself: a person is needed. */
export interface SagaAlert {
  readonly kind: 'compensation' | 'approval';
  /** The step whose compensation failed, or `challenger`. */
  readonly subject: string;
  readonly summary: string;
  readonly at: Instant;
}

/**
 * A retraining's own alert as it opens; its id is the same at every try.
 * @example openSagaAlert(spec, { kind: 'compensation', subject: 'register', summary: '…', at }).alert.severity // 'high'
 */
export function openSagaAlert(spec: RetrainSpec, { kind, subject, summary, at }: SagaAlert): AlertChange {
  const fingerprint = `${spec.model}:${spec.environment}:${kind}:${subject}`;
  const alert: Alert = {
    id: `${fingerprint}@${spec.key}/${at}`,
    fingerprint,
    kind,
    subject,
    metric: null,
    value: null,
    level: null,
    baseline: null,
    severity: kind === 'compensation' ? 'high' : 'medium',
    windows: [],
    n: 0,
    at,
    lastAt: at,
    count: 1,
    summary,
    features: [],
    cost: null,
    state: 'open',
    actions: ['notify'],
    withheld: [],
    escalatedAt: null,
    resolution: null,
  };
  return { event: 'opened', alert };
}

/** The same alert as a person, or the time-out, closed it. */
export function closeSagaAlert({ alert }: AlertChange, { who, reason }: PersonDecision, at: Instant): AlertChange {
  const resolution = { by: 'person', at, evidence: reason } as const;
  return { event: 'resolved', alert: { ...alert, state: 'resolved', lastAt: at, who, note: reason, resolution } };
}

/** What a person reads in the alert of a compensation that failed. */
export function compensationSummary(spec: RetrainSpec, step: string, message: string): string {
  const how = `send resolveCompensation { action: retry | done-by-hand } to ${workflowIds.retraining(spec)}`;
  return `COMPENSATION_FAILED: undoing ${step} of retraining ${spec.key} failed: ${message.slice(0, 300)}; ${how}`;
}
