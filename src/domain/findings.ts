import type { AlertKind, Baseline, Instant, MonitorSpec, WindowReport } from '../contracts';
import { figure, severityBeyond } from './alert';
import { ALERT_KINDS, NOTHING } from './finding';
import type { Finding } from './finding';
import { concept, estimated, performance, rulesOf, segments } from './findings-labels';
import { drift, schema, volume } from './findings-traffic';
import { durationMs, ms } from './time';

export { ALERT_KINDS } from './finding';
export type { Finding } from './finding';

/**
 * What a window's report comes to. Performance and estimates are always listed; of every other kind only what is
 * flagged or could not be judged: absent means clear, unless `insufficientKinds` names the kind.
 * @param estimateTrusted whether the last reconciliation lets estimates be believed
 */
export function findingsOf(
  spec: MonitorSpec,
  baseline: Baseline | null,
  report: WindowReport,
  estimateTrusted = true,
): Finding[] {
  if (report.failed === true || report.phase === 'baseline') return [];
  if (report.phase === 'traffic') {
    const believed = spec.estimate && estimateTrusted;
    return [
      ...(report.drift.judged ? [...drift(spec, report), ...schema(spec, report)] : []),
      ...volume(spec, report),
      ...(believed ? rulesOf(spec).map((rule) => estimated(rule, spec, baseline, report)) : []),
    ];
  }
  return [
    ...rulesOf(spec).map((rule) => performance(rule, spec, baseline, report)),
    ...segments(spec, report),
    ...concept(report),
  ];
}

/**
 * Kinds of which the report does not say all: what is absent there counts neither way. Traffic is judged once, at the
 * window's end, and what came of it once, with the labels, so that no window counts twice.
 */
export function insufficientKinds(report: WindowReport, spec: MonitorSpec, estimateTrusted = true): AlertKind[] {
  const said = report.failed === true ? {} : saidBy(report, spec, estimateTrusted);
  return ALERT_KINDS.filter((kind) => said[kind] !== true);
}

/** What a report is about; where its lists were cut, what is absent may have been left out. */
function saidBy(
  report: WindowReport,
  { volume: policy }: MonitorSpec,
  estimateTrusted: boolean,
): Readonly<Partial<Record<AlertKind, boolean>>> {
  const { phase, drift: found, segments: parts } = report;
  if (phase === 'baseline') return {};
  if (phase === 'judge') {
    return {
      performance: true,
      segment: parts.judged > 0 && parts.cut !== true,
      concept: report.reconciliation !== null,
    };
  }
  const isRelative = policy.minimumRatio !== undefined || policy.maximumRatio !== undefined;
  return {
    drift: found.judged && found.cut !== true,
    schema: found.judged && found.cut !== true,
    volume: report.expectedServed !== null || !isRelative,
    estimate: estimateTrusted && report.estimate?.reason === null,
  };
}

/** Whether predictions have stopped; null where the spec asks for no such alert. Before the first, since the baseline's end. */
export function silenceFinding(spec: MonitorSpec, lastServedAt: Instant | null, now: Instant): Finding | null {
  if (spec.volume.silence === undefined) return null;
  const level = durationMs(spec.volume.silence);
  const value = ms(now) - ms(lastServedAt ?? spec.baseline.to);
  const since = lastServedAt === null ? 'none since the baseline ended' : `the last at ${lastServedAt}`;
  return {
    ...NOTHING,
    kind: 'silence',
    subject: 'predictions',
    verdict: value >= level ? 'flagged' : value < 0 && lastServedAt === null ? 'insufficient-data' : 'clear',
    value,
    level,
    severity: severityBeyond('lower', value, level),
    summary: `no predictions for ${figure(value / 3_600_000)} h: ${since}, alarm after ${spec.volume.silence}`,
  };
}
