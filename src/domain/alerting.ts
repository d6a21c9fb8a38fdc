import type { Alert, AlertChange, AlertKind, Instant, MonitorSpec, SubjectHistory } from '../contracts';
import { EVIDENCE_WINDOWS, fingerprintOf } from './alert';
import { isUnresolved } from './alert-life';
import { MANY, NAMED_FEATURES } from './finding';
import type { Finding } from './finding';
import { compareFindings, sightsOf } from './sight';
import type { Sight } from './sight';
import { flagsIn, isClear, membersOf, NUMEROUS, pushFlag, subjectKey, worthRemembering } from './subject-history';

// The whole life of alerts in one place for those who use it.
export * from './alert-life';
export { alertRules, forgetSubject } from './subject-history';
export type { AlertRules, Needs } from './subject-history';

/** So many alerts of a monitor are unresolved, at most. */
export const MOST_UNRESOLVED = 50;

/** A look's findings, with what was known before. */
export interface LookInput {
  readonly spec: MonitorSpec;
  readonly alerts: readonly Alert[];
  readonly subjects: readonly SubjectHistory[];
  readonly findings: readonly Finding[];
  /** Kinds that the look could not judge: what is absent of them counts neither way. */
  readonly insufficientKinds: readonly AlertKind[];
  readonly at: Instant;
  /** False while paused, in cooldown or during a retraining: nothing opens or fires then. */
  readonly counted: boolean;
}

/** What a look led to. */
export interface LookResult {
  /** All that were given, as they now stand, and those that opened, newest last. */
  readonly alerts: readonly Alert[];
  readonly subjects: readonly SubjectHistory[];
  readonly changes: readonly AlertChange[];
  /** Alerts that ask for a response: opened, worsened, or found again with as much fresh evidence as opens one. */
  readonly fired: readonly Alert[];
  /** Problems with enough evidence for which there was no room; they open when there is, if they last. */
  readonly crowded: number;
}

/** What becomes of one subject. */
interface Followed {
  readonly alert: Alert | null;
  readonly history: SubjectHistory;
  readonly event: 'worsened' | 'resolved' | null;
  readonly fires: boolean;
}

/**
 * The alerts after one look. Enough flags of a subject open an alert; the same problem counts it up; as many clear
 * looks in a row as it needs resolve it.
 */
export function applyLook(input: LookInput): LookResult {
  const unresolved = input.alerts.filter(isUnresolved);
  const sights = sightsOf(input.spec, unresolved, input.subjects, input.findings, input.insufficientKinds);
  const followed = new Map([...sights].map(([key, sight]) => [key, follow(sight, input)]));
  const next = new Map([...followed].map(([key, { alert }]) => [sights.get(key)!.alert, alert]));
  const kept = input.alerts.map((alert) => next.get(alert) ?? alert);

  const ready = input.counted ? readyToOpen(sights, followed) : [];
  const room = roomIn(kept.filter(isUnresolved), input.spec);
  const opening = ready.filter(({ sight }) => room(sight.kind));
  const opened = opening.map(({ sight, evidence }) => openAlert(sight.finding!, evidence, input, kept));

  const ids = new Set(opened.map(({ id }) => id));
  const alerts = [...kept.filter(({ id }) => !ids.has(id)), ...opened];
  const histories = new Map([...followed].map(([key, { history }]) => [key, history]));
  for (const { sight } of opening) histories.set(sight.key, { subject: sight.key, flags: [] });
  const standing = new Set(alerts.filter(isUnresolved).map(({ kind, subject }) => subjectKey(kind, subject)));
  return {
    alerts,
    subjects: worthRemembering([...histories.values()], standing, rankedKeys(sights)),
    changes: [
      ...[...followed.values()].flatMap(({ alert, event }) => (alert && event ? [{ event, alert }] : [])),
      ...opened.map(
        (alert) => ({ event: kept.some(({ id }) => id === alert.id) ? 'reopened' : 'opened', alert }) as const,
      ),
    ],
    fired: [...[...followed.values()].flatMap(({ alert, fires }) => (alert && fires ? [alert] : [])), ...opened],
    crowded: ready.length - opening.length,
  };
}

function follow(sight: Sight, { at, counted }: LookInput): Followed {
  const { alert, flag, history, needs, finding, window } = sight;
  const still = { alert, history, event: null, fires: false } as const;
  if (flag === null) return still;
  const pushed = pushFlag(history, flag, needs.of, window);
  // What is found while nothing counts is no evidence for opening or firing, and ends a row of clear looks.
  if (alert === null) return counted ? { ...still, history: pushed } : still;
  if (!flag) {
    if (!isClear(pushed, needs)) return { ...still, history: pushed };
    return { ...still, alert: resolvedBy(sight, alert, at), history: pushed, event: 'resolved' };
  }
  const found = foundAgain(alert, finding, window, at);
  const worsened = found.severity !== alert.severity;
  const quiet = alert.state === 'snoozed';
  const fires = counted && !quiet && (worsened || flagsIn(pushed.flags) >= needs.flags);
  return {
    alert: found,
    history: fires || !counted ? { subject: history.subject, flags: [] } : pushed,
    event: worsened && !quiet ? 'worsened' : null,
    fires,
  };
}

function foundAgain(alert: Alert, finding: Finding | null, window: Instant | null, at: Instant): Alert {
  const again = {
    ...alert,
    lastAt: at,
    count: alert.count + 1,
    windows: [...alert.windows, ...(window === null ? [] : [window])].slice(-EVIDENCE_WINDOWS),
  };
  if (finding?.verdict !== 'flagged') return again;
  const { value, level, baseline, n, summary } = finding;
  const features = [...new Set([...finding.features, ...alert.features])].slice(0, NAMED_FEATURES);
  // The worst it has been: an alert that goes up and down is told of once.
  const severity = alert.severity === 'high' ? 'high' : finding.severity;
  return { ...again, value, level, baseline, n, summary, features, severity };
}

function resolvedBy({ finding, needs }: Sight, alert: Alert, at: Instant): Alert {
  const looks = needs.of === 1 ? 'in one look' : `in ${needs.of} looks in a row`;
  const now = finding === null ? 'not found' : `clear, ${finding.summary}`;
  const evidence = `${now}: ${looks}, last found ${alert.lastAt}, found ${alert.count} times`;
  return { ...alert, state: 'resolved', resolution: { by: 'evidence', at, evidence } };
}

/** Subjects with enough evidence and no alert, what matters most first. */
function readyToOpen(
  sights: ReadonlyMap<string, Sight>,
  followed: ReadonlyMap<string, Followed>,
): { readonly sight: Sight; readonly evidence: SubjectHistory }[] {
  const covered = new Set(
    [...sights.values()].flatMap(({ alert }) =>
      alert === null ? [] : membersOf(alert).map((subject) => subjectKey(alert.kind, subject)),
    ),
  );
  return [...sights.values()]
    .filter(({ key, alert, finding }) => finding?.verdict === 'flagged' && alert === null && !covered.has(key))
    .flatMap((sight) => {
      const evidence = evidenceOf(sight, sights, followed);
      return evidence !== null && flagsIn(evidence.flags) >= sight.needs.flags ? [{ sight, evidence }] : [];
    })
    .sort((a, b) => compareFindings(a.sight.finding!, b.sight.finding!));
}

/** The subjects that were found, what matters most first. */
function rankedKeys(sights: ReadonlyMap<string, Sight>): readonly string[] {
  return [...sights.values()]
    .flatMap(({ key, finding }) => (finding === null ? [] : [{ key, finding }]))
    .sort((a, b) => compareFindings(a.finding, b.finding))
    .map(({ key }) => key);
}

/** What speaks for an alert: its own history, or for many features that of the one that was found most often. */
function evidenceOf(
  { key, kind, finding }: Sight,
  sights: ReadonlyMap<string, Sight>,
  followed: ReadonlyMap<string, Followed>,
): SubjectHistory | null {
  const own = followed.get(key)!.history;
  if (finding?.subject !== MANY) return own;
  const members = membersOf(finding).map((subject) => subjectKey(kind, subject));
  const fresh = members.filter((member) => sights.get(member)?.alert === null);
  if (fresh.length === 0) return null;
  return fresh
    .map((member) => followed.get(member)!.history)
    .reduce((most, history) => (flagsIn(history.flags) > flagsIn(most.flags) ? history : most), own);
}

/** Whether there is room for one more of a kind; room is kept for the kinds that the spec bounds. */
function roomIn(unresolved: readonly Alert[], spec: MonitorSpec): (kind: AlertKind) => boolean {
  const numerous = unresolved.filter(({ kind }) => NUMEROUS.has(kind)).length;
  const reserved = 2 * (1 + spec.metrics.length) + BESIDE_METRICS;
  let forNumerous = Math.min(MOST_UNRESOLVED - unresolved.length, MOST_UNRESOLVED - reserved - numerous);
  let forOthers = MOST_UNRESOLVED - unresolved.length;
  return (kind) => {
    const fits = forOthers > 0 && (!NUMEROUS.has(kind) || forNumerous > 0);
    if (!fits) return false;
    forOthers -= 1;
    if (NUMEROUS.has(kind)) forNumerous -= 1;
    return true;
  };
}

/** Too few, too many, silence and concept; every metric may have one of performance and one of its estimate. */
const BESIDE_METRICS = 4;

function openAlert(
  finding: Finding,
  evidence: SubjectHistory,
  { spec, at }: LookInput,
  known: readonly Alert[],
): Alert {
  const { kind, subject, metric, value, level, baseline, severity, n, summary, features } = finding;
  const fingerprint = fingerprintOf(spec, kind, subject);
  const id = `${fingerprint}@${at}`;
  const before = known.find((alert) => alert.id === id);
  const count = flagsIn(evidence.flags);
  const windows = evidence.windows ?? [];
  if (before !== undefined) {
    // It was resolved at this very instant: the same alert goes on.
    const worst = before.severity === 'high' ? 'high' : severity;
    const found = { count: before.count + count, lastAt: at, value, level, n, summary, severity: worst };
    return { ...before, ...found, state: 'open', resolution: null };
  }
  return {
    id,
    fingerprint,
    kind,
    subject,
    metric,
    value,
    level,
    baseline,
    severity,
    windows,
    n,
    at,
    lastAt: at,
    count,
    summary,
    features,
    cost: null,
    state: 'open',
    actions: [],
    withheld: [],
    escalatedAt: null,
    resolution: null,
  };
}
