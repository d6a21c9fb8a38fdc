import type { Alert, AlertKind, Instant, MonitorSpec, SubjectHistory } from '../contracts';
import { EVIDENCE_WINDOWS } from './alert';
import { compareText, featureSubject, MANY } from './finding';

/** So many subjects are remembered, at most. */
const REMEMBERED_SUBJECTS = 200;

/** Kinds that one window can flag any number of times; every other is bounded by the spec. */
export const NUMEROUS: ReadonlySet<AlertKind> = new Set(['drift', 'schema', 'segment']);

/** How much evidence a subject needs: so many flags among so many looks. */
export interface AlertRules {
  readonly needs: (kind: AlertKind, subject: string) => Needs;
}

/** So many flags among so many looks open an alert; none among so many looks ends it. */
export interface Needs {
  readonly flags: number;
  readonly of: number;
}

/** The evidence that a spec asks for, by kind. */
export function alertRules(spec: MonitorSpec): AlertRules {
  const row = { flags: spec.consecutive, of: spec.consecutive };
  const drift = spec.drift.mode === 'seed' ? ONCE : { flags: spec.drift.flags, of: spec.drift.of };
  const byKind: Partial<Record<AlertKind, Needs>> = {
    performance: row,
    volume: row,
    segment: row,
    estimate: row,
    drift,
  };
  return { needs: (kind) => byKind[kind] ?? ONCE };
}

const ONCE: Needs = { flags: 1, of: 1 };

/** The name of a subject among all kinds. */
export function subjectKey(kind: AlertKind, subject: string): string {
  return `${kind}:${subject}`;
}

/** The kind in such a name. */
export function kindOf(key: string): AlertKind {
  return key.slice(0, key.indexOf(':')) as AlertKind;
}

/** A history after one more look. */
export function pushFlag(history: SubjectHistory, flag: boolean, of: number, window: Instant | null): SubjectHistory {
  const flags = [...history.flags, flag].slice(-of);
  const windows = [...(history.windows ?? []), ...(flag && window !== null ? [window] : [])];
  const kept = Math.min(flagsIn(flags), EVIDENCE_WINDOWS);
  return { subject: history.subject, flags, windows: windows.slice(windows.length - Math.min(kept, windows.length)) };
}

/** How many looks found something. */
export function flagsIn(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length;
}

/** Whether as many looks in a row as an alert needs found nothing. */
export function isClear({ flags }: SubjectHistory, { of }: Needs): boolean {
  return flags.length >= of && flagsIn(flags) === 0;
}

/**
 * What is worth remembering: subjects with an unresolved alert and those with a flag among their last looks, at most
 * 200. Where there are more, those that the spec bounds go first, then those with the most flags and the furthest.
 * @param ranked subjects by how much they matter in this look
 */
export function worthRemembering(
  histories: readonly SubjectHistory[],
  unresolved: ReadonlySet<string>,
  ranked: readonly string[],
): readonly SubjectHistory[] {
  const ranks = new Map(ranked.map((key, rank) => [key, rank]));
  const order = ({ subject, flags }: SubjectHistory): readonly number[] => [
    Number(!unresolved.has(subject)),
    Number(NUMEROUS.has(kindOf(subject))),
    -flagsIn(flags),
    ranks.get(subject) ?? ranks.size,
  ];
  return histories
    .filter((history) => unresolved.has(history.subject) || flagsIn(history.flags) > 0)
    .map((history) => ({ history, order: order(history) }))
    .sort((a, b) => compareNumbers(a.order, b.order) || compareText(a.history.subject, b.history.subject))
    .slice(0, REMEMBERED_SUBJECTS)
    .map(({ history }) => history);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((value, index) => value !== b[index]);
  return differs < 0 ? 0 : a[differs]! - b[differs]!;
}

/** The histories without what led to an alert: it needs fresh evidence to open again. */
export function forgetSubject(
  subjects: readonly SubjectHistory[],
  alert: Pick<Alert, 'kind' | 'subject' | 'features'>,
): readonly SubjectHistory[] {
  const keys = new Set([alert.subject, ...membersOf(alert)].map((subject) => subjectKey(alert.kind, subject)));
  return subjects.filter(({ subject }) => !keys.has(subject));
}

/** Subjects that an alert about many features stands for. */
export function membersOf(about: Pick<Alert, 'subject' | 'features'>): readonly string[] {
  return about.subject === MANY ? about.features.map(featureSubject) : [];
}
