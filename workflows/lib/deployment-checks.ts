import { GUARDRAIL_METRICS, ROLLOUT_LIMITS, STRATEGY_KINDS } from '../../src/contracts';
import { checkPerson, isInstant, isRecord, refuseUnless } from './guards';

const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d|w)$/;
const KINDS: readonly unknown[] = STRATEGY_KINDS;
const METRICS: readonly unknown[] = GUARDRAIL_METRICS;

/** Pieces of evidence in one decision, at most. */
const EVIDENCE = 50;

/** Refuses a decision without key, time, name or reason, or with a bad version. */
export function checkDecision(command: unknown, version: 'needed' | 'optional'): void {
  checkPerson(command);
  const { key, effectiveAt, version: given, by, evidence, origin } = command as Record<string, unknown>;
  const isKey = isText(key, 300);
  refuseUnless(isKey, 'key', key, 'an idempotency key, 1 to 300 characters');
  refuseUnless(isInstant(effectiveAt), 'effectiveAt', effectiveAt, 'an ISO instant');
  const isGiven = given !== undefined || version === 'needed';
  refuseUnless(!isGiven || isCount(given), 'version', given, 'a version number, 1 or more');
  const isRun = by === undefined || (isRecord(by) && isText(by.workflowId, 1_000) && isText(by.runId, 100));
  refuseUnless(isRun, 'by', by, '{ workflowId, runId }');
  const isEvidence =
    evidence === undefined || (isList(evidence, EVIDENCE) && evidence.every((text) => isText(text, 1_000)));
  refuseUnless(isEvidence, 'evidence', evidence, `up to ${EVIDENCE} texts of 1 to 1000 characters`);
  const isOrigin =
    origin === undefined || (isRecord(origin) && isText(origin.environment, 64) && isCount(origin.token));
  refuseUnless(isOrigin, 'origin', origin, '{ environment, token }');
}

/** Refuses a division of traffic without a share or a seed. */
export function checkTraffic(command: unknown): void {
  checkDecision(command, 'optional');
  const { challenger, split, champion } = command as Record<string, unknown>;
  const isChampion = champion === undefined || isCount(champion);
  refuseUnless(isChampion, 'champion', champion, 'a version number, 1 or more');
  const isChallenger = challenger == null || isCount(challenger);
  refuseUnless(isChallenger, 'challenger', challenger, 'a version number, 1 or more, or null');
  if (split === null) return;
  refuseUnless(isRecord(split), 'split', split, 'an object or null');
  const { allocation, seed } = split;
  refuseUnless(isShare(allocation), 'split.allocation', allocation, 'a share between 0 and 1');
  refuseUnless(typeof seed === 'string', 'split.seed', seed, 'a text');
}

/** Refuses a roll-back to a bad version or token, or to both. */
export function checkRollBack(command: unknown): void {
  checkDecision(command, 'optional');
  const { version, toToken } = command as Record<string, unknown>;
  if (toToken === undefined) return;
  refuseUnless(isCount(toToken), 'toToken', toToken, 'a fencing token, 1 or more');
  refuseUnless(version === undefined, 'version', version, 'none beside toToken');
}

/** Refuses a deployment with a bad version or strategy. */
export function checkDeploy(command: unknown): void {
  checkDecision(command, 'needed');
  const { strategy, clock, reportTo } = command as Record<string, unknown>;
  refuseUnless(clock === undefined || clock === 'wall' || clock === 'data', 'clock', clock, 'wall or data');
  refuseUnless(reportTo === undefined || isText(reportTo, 1_000), 'reportTo', reportTo, 'a workflow id');
  if (strategy === undefined) return;
  refuseUnless(isRecord(strategy), 'strategy', strategy, 'an object with a kind');
  const { kind, probes, drain, hold, steps, guardrails, minimumRows } = strategy;
  refuseUnless(KINDS.includes(kind), 'strategy.kind', kind, `one of ${KINDS.join(', ')}`);
  if (kind === 'direct') return;
  const { probes: most } = ROLLOUT_LIMITS;
  const isProbes = probes === 0 || (isCount(probes) && probes <= most);
  refuseUnless(isProbes, 'strategy.probes', probes, `a whole number from 0 to ${most}`);
  if (kind === 'blue-green') checkDuration('strategy.drain', drain);
  if (kind === 'shadow') checkDuration('strategy.hold', hold);
  if (kind === 'canary') checkSteps(steps);
  if (kind === 'blue-green') return;
  refuseUnless(isCount(minimumRows), 'strategy.minimumRows', minimumRows, 'a whole number, 1 or more');
  checkGuardrails(guardrails);
}

function checkSteps(steps: unknown): void {
  const { steps: most } = ROLLOUT_LIMITS;
  const isSteps = isList(steps, most) && steps.length > 0;
  refuseUnless(isSteps, 'strategy.steps', steps, `1 to ${most} steps`);
  let last = 0;
  steps.forEach((step, k) => {
    const path = `strategy.steps.${k}`;
    refuseUnless(isRecord(step), path, step, '{ allocation, hold }');
    const { allocation } = step;
    refuseUnless(isShare(allocation), `${path}.allocation`, allocation, 'a share between 0 and 1');
    refuseUnless(allocation > last, `${path}.allocation`, allocation, `more than ${last}, the step before`);
    last = allocation;
    checkDuration(`${path}.hold`, step.hold);
  });
}

function checkGuardrails(guardrails: unknown): void {
  const { guardrails: most } = ROLLOUT_LIMITS;
  refuseUnless(isList(guardrails, most), 'strategy.guardrails', guardrails, `a list of up to ${most}`);
  guardrails.forEach((guardrail, k) => {
    const path = `strategy.guardrails.${k}`;
    refuseUnless(isRecord(guardrail), path, guardrail, '{ metric, tolerance }');
    const { metric, tolerance } = guardrail;
    refuseUnless(METRICS.includes(metric), `${path}.metric`, metric, `one of ${METRICS.join(', ')}`);
    const isTolerance = typeof tolerance === 'number' && tolerance >= 0;
    refuseUnless(isTolerance, `${path}.tolerance`, tolerance, 'a number, 0 or more');
  });
}

function checkDuration(path: string, value: unknown): void {
  const isLength = typeof value === 'string' && DURATION.test(value) && Number.parseFloat(value) > 0;
  refuseUnless(isLength, path, value, 'a duration such as 7d, 12h, 30m or 10s');
}

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= most;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}
