import type { Alert, AlertKind, Instant, MonitorSpec, SubjectHistory } from '../contracts';
import { ALERT_KINDS, compareText } from './finding';
import type { Finding } from './finding';
import { alertRules, kindOf, membersOf, subjectKey } from './subject-history';
import type { Needs } from './subject-history';

/** One subject in a look: what was found, and what was known of it. */
export interface Sight {
  /** `kind:subject`. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly needs: Needs;
  /** Whether it was found; null where the look says nothing of it. */
  readonly flag: boolean | null;
  /** Of its own; a feature that is only named among many has none. */
  readonly finding: Finding | null;
  readonly window: Instant | null;
  /** Its unresolved alert. */
  readonly alert: Alert | null;
  readonly history: SubjectHistory;
}

/** What a look saw. */
interface Seen {
  readonly own: ReadonlyMap<string, Finding>;
  /** Features that were named among many, with that finding. */
  readonly members: ReadonlyMap<string, Finding>;
  readonly insufficient: ReadonlySet<AlertKind>;
}

/**
 * Every subject that was found, is remembered or has an unresolved alert, by name: the order of findings does not
 * show. An alert about many features lasts while any of them is found.
 */
export function sightsOf(
  spec: MonitorSpec,
  unresolved: readonly Alert[],
  subjects: readonly SubjectHistory[],
  findings: readonly Finding[],
  insufficientKinds: readonly AlertKind[],
): ReadonlyMap<string, Sight> {
  const rules = alertRules(spec);
  const alerts = new Map(unresolved.map((alert) => [subjectKey(alert.kind, alert.subject), alert]));
  const histories = new Map(subjects.map((history) => [history.subject, history]));
  const seen = see(findings, insufficientKinds);
  const keys = [...new Set([...seen.own.keys(), ...seen.members.keys(), ...alerts.keys(), ...histories.keys()])].sort();
  return new Map(
    keys.map((key) => {
      const kind = kindOf(key);
      const alert = alerts.get(key) ?? null;
      const finding = seen.own.get(key) ?? null;
      const members = alert === null ? [] : membersOf(alert).map((subject) => subjectKey(kind, subject));
      const parts = [key, ...members];
      const sight: Sight = {
        key,
        kind,
        needs: rules.needs(kind, key.slice(kind.length + 1)),
        flag: members.length === 0 ? flagOf(seen, key, kind) : anyOf(parts.map((part) => flagOf(seen, part, kind))),
        finding,
        window:
          parts.map((part) => (seen.own.get(part) ?? seen.members.get(part))?.window ?? null).find(Boolean) ?? null,
        alert,
        history: histories.get(key) ?? { subject: key, flags: [] },
      };
      return [key, sight];
    }),
  );
}

function see(findings: readonly Finding[], insufficientKinds: readonly AlertKind[]): Seen {
  const own = new Map<string, Finding>();
  const members = new Map<string, Finding>();
  for (const finding of [...findings].sort(compareFindings)) {
    const key = subjectKey(finding.kind, finding.subject);
    if (!own.has(key)) own.set(key, finding);
    if (finding.verdict !== 'flagged') continue;
    for (const subject of membersOf(finding)) members.set(subjectKey(finding.kind, subject), finding);
  }
  return { own, members, insufficient: new Set(insufficientKinds) };
}

function flagOf({ own, members, insufficient }: Seen, key: string, kind: AlertKind): boolean | null {
  const verdict = own.get(key)?.verdict;
  if (verdict === 'flagged' || members.has(key)) return true;
  if (verdict === 'clear') return false;
  return verdict === 'insufficient-data' || insufficient.has(kind) ? null : false;
}

function anyOf(flags: readonly (boolean | null)[]): boolean | null {
  if (flags.includes(true)) return true;
  return flags.includes(null) ? null : false;
}

const VERDICTS = ['flagged', 'clear', 'insufficient-data'] as const satisfies readonly Finding['verdict'][];

/** What matters most first: flagged, high, the furthest beyond its level; names decide where nothing else does. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    Number(b.severity === 'high') - Number(a.severity === 'high') ||
    ALERT_KINDS.indexOf(a.kind) - ALERT_KINDS.indexOf(b.kind) ||
    beyond(b) - beyond(a) ||
    compareText(a.subject, b.subject) ||
    compareText(a.summary, b.summary)
  );
}

/** How far beyond its level, as a share of it. */
function beyond({ value, level }: Finding): number {
  return value === null || level === null || level === 0 ? 0 : Math.abs((value - level) / level);
}
