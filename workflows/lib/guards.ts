import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts';
import type { ExperimentReport, RetrainingReport, Watermark } from '../../src/contracts';
import { iso, ms } from '../../src/domain/time';

/** Refuses a message: the path, the value, what would be accepted. Never retried. */
export function refuseUnless(fine: boolean, path: string, value: unknown, expected: string): asserts fine {
  if (fine) return;
  const shown = (JSON.stringify(value) ?? 'missing').slice(0, 80);
  throw ApplicationFailure.nonRetryable(`${path} is ${shown}: expected ${expected}`, failureTypes.invalidSpec);
}

/** A decision that does not fit the state. @param details what a program may want to know of it */
export function conflict(message: string, ...details: readonly object[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.conflict, ...details);
}

/** Whether a value is an object with fields to look at; messages may come from any language. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text names an instant. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(ms(value));
}

/** A watermark with its time normalised, or null when it is none. */
export function readWatermark(value: unknown): Watermark | null {
  if (!isRecord(value) || !isInstant(value.at)) return null;
  const source = value.source ?? 'default';
  return typeof source === 'string' ? { source, at: iso(ms(value.at)) } : null;
}

/** Refuses a watermark that is none. */
export function checkWatermark(value: unknown): void {
  refuseUnless(readWatermark(value) !== null, 'watermark', value, '{ source, at } with at an ISO instant');
}

/** Refuses a person's decision without a name and, where asked for, a reason. */
export function checkPerson(value: unknown, withReason = true): void {
  refuseUnless(isRecord(value), 'decision', value, 'an object');
  refuseUnless(isText(value.who), 'who', value.who, 'who decides, 1 to 200 characters');
  if (withReason) refuseUnless(isText(value.reason), 'reason', value.reason, 'why, 1 to 500 characters');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 500;
}

/** An experiment's report, or null when it is none. */
export function readExperimentReport(value: unknown): ExperimentReport | null {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.decided !== 'boolean') return null;
  const isTime = (at: unknown): boolean => at === null || isInstant(at);
  return isTime(value.settledThrough) && isTime(value.nextDueAt) ? (value as unknown as ExperimentReport) : null;
}

/** A retraining's report, or null when it is none. */
export function readRetrainingReport(value: unknown): RetrainingReport | null {
  if (!isRecord(value) || typeof value.key !== 'string') return null;
  const { closed, experiment } = value;
  const isOpen = closed === null;
  const isClosed = isRecord(closed) && typeof closed.decision === 'string' && isInstant(closed.closedAt);
  const isNamed = experiment === null || typeof experiment === 'string';
  return (isOpen || isClosed) && isNamed ? (value as unknown as RetrainingReport) : null;
}
