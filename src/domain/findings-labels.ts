import { METRIC_DIRECTIONS } from '../contracts';
import type {
  Baseline,
  LevelRule,
  MetricName,
  MetricValue,
  MonitorSpec,
  SegmentMetric,
  WindowReport,
} from '../contracts';
import { figure, isWorse, levelOf, severityOf } from './alert';
import { line, NOTHING } from './finding';
import type { Finding } from './finding';

type Rule = LevelRule & { readonly metric: MetricName };

/** The primary metric and those beside it; of two rules for one metric the first stands. */
export function rulesOf(spec: MonitorSpec): Rule[] {
  const rules: readonly Rule[] = [spec, ...spec.metrics];
  return rules.filter((rule, index) => rules.findIndex(({ metric }) => metric === rule.metric) === index);
}

function baselineOf(metric: MetricName, spec: MonitorSpec, baseline: Baseline | null): number | null {
  return baseline?.metrics?.[metric]?.value ?? (metric === spec.metric ? (baseline?.value ?? null) : null);
}

/** A metric's value held against its level, before anything is said of it. */
function measured(rule: Rule, spec: MonitorSpec, baseline: Baseline | null, found: MetricValue | undefined) {
  const value = found?.value ?? null;
  const reference = baselineOf(rule.metric, spec, baseline);
  const level = levelOf(rule, reference);
  const n = found?.n ?? 0;
  return {
    metric: rule.metric,
    subject: rule.metric,
    value,
    level,
    baseline: reference,
    n,
    severity: value === null || level === null ? 'medium' : severityOf(rule.metric, value, level, rule.highMargin),
    interval: intervalOf(found),
  };
}

function intervalOf(found: MetricValue | undefined): readonly [number, number] | null {
  return found === undefined || found.low === null || found.high === null ? null : [found.low, found.high];
}

/** A metric on the labelled rows; always one finding, clear ones too. */
export function performance(rule: Rule, spec: MonitorSpec, baseline: Baseline | null, report: WindowReport): Finding {
  const found = report.metrics[rule.metric];
  const facts = measured(rule, spec, baseline, found);
  const { value, level, n } = facts;
  const base = { ...NOTHING, ...facts, kind: 'performance', window: report.from } as const;
  if (value === null || level === null || n < spec.minSamples) {
    const why =
      value === null ? (found?.note ?? 'no value') : level === null ? 'no baseline' : `fewer than ${spec.minSamples}`;
    return { ...base, verdict: 'insufficient-data', summary: line(`${rule.metric} not judged on ${n} rows: ${why}`) };
  }
  const against = facts.baseline === null ? '' : `, baseline ${figure(facts.baseline)}`;
  const off = found!.errorBound > 0 ? ` ± ${figure(found!.errorBound)} from summaries` : '';
  return {
    ...base,
    verdict: isWorse(rule.metric, value, level) ? 'flagged' : 'clear',
    summary: line(`${rule.metric} ${figure(value)}${off} on ${n} rows, level ${figure(level)}${against}`),
  };
}

/** A metric before its labels: it alarms only when its whole band is on the wrong side. */
export function estimated(rule: Rule, spec: MonitorSpec, baseline: Baseline | null, report: WindowReport): Finding {
  const { estimate } = report;
  const facts = measured(rule, spec, baseline, estimate?.metrics[rule.metric]);
  const { value, level, interval } = facts;
  const n = estimate?.n ?? 0;
  const base = { ...NOTHING, ...facts, n, kind: 'estimate', window: report.from } as const;
  if (estimate?.reason !== null || value === null || level === null || interval === null || n < spec.minSamples) {
    const why = estimate?.reason ?? 'too few rows, no band or no baseline';
    return {
      ...base,
      verdict: 'insufficient-data',
      summary: line(`${rule.metric} not estimated on ${n} rows: ${why}`),
    };
  }
  const nearest = METRIC_DIRECTIONS[rule.metric] === 'higher' ? interval[1] : interval[0];
  return {
    ...base,
    verdict: isWorse(rule.metric, nearest, level) ? 'flagged' : 'clear',
    summary: line(
      `${rule.metric} estimated ${figure(value)} ${range(interval)} on ${n} rows without labels, level ${figure(level)}`,
    ),
  };
}

/** Segments that were flagged, and those with too few rows, which count neither way. */
export function segments(spec: MonitorSpec, report: WindowReport): Finding[] {
  const { flagged, unjudged = [] } = report.segments;
  const unknown = unjudged.flatMap((segment) =>
    rulesOf(spec).map(({ metric }) => ({
      ...NOTHING,
      kind: 'segment' as const,
      subject: `${segment}/${metric}`,
      metric,
      verdict: 'insufficient-data' as const,
      window: report.from,
      summary: line(`too few rows where ${segment}`),
    })),
  );
  return [...flagged.map((found) => flaggedSegment(spec, found, report)), ...unknown];
}

function flaggedSegment(spec: MonitorSpec, found: SegmentMetric, report: WindowReport): Finding {
  const { metric, level } = found;
  const { value, n } = found.value;
  const rule = rulesOf(spec).find((each) => each.metric === metric);
  const known = value !== null && level !== null;
  return {
    ...NOTHING,
    kind: 'segment',
    subject: `${found.segment}/${metric}`,
    metric,
    verdict: 'flagged',
    value,
    level,
    baseline: rule === undefined || level === null ? null : baselineBehind(rule, level),
    severity: known ? severityOf(metric, value, level, rule?.highMargin) : 'medium',
    n,
    window: report.from,
    interval: intervalOf(found.value),
    summary: line(
      `${metric} ${shown(value)} ${range(intervalOf(found.value))} where ${found.segment}, on ${n} rows, level ${shown(level)}`,
    ),
  };
}

/** The baseline that a level was made from: a segment is told without its own. */
function baselineBehind({ metric, threshold, baselineRatio, baselineDrop = 0 }: Rule, level: number): number | null {
  if (threshold !== undefined) return null;
  if (baselineRatio !== undefined) return level / baselineRatio;
  return METRIC_DIRECTIONS[metric] === 'higher' ? level + baselineDrop : level - baselineDrop;
}

/** Labels that contradict the estimate made before them. */
export function concept(report: WindowReport): Finding[] {
  if (report.reconciliation?.verdict !== 'concept-drift-suspected') return [];
  const { n, from: window, reconciliation } = report;
  const summary = line(`labels contradict the estimate on ${n} rows: ${reconciliation.reason}`);
  return [{ ...NOTHING, kind: 'concept', subject: 'score', verdict: 'flagged', n, window, summary }];
}

function shown(value: number | null): string {
  return value === null ? 'unknown' : figure(value);
}

function range(interval: readonly [number, number] | null): string {
  return interval === null ? '' : `[${figure(interval[0])}, ${figure(interval[1])}]`;
}
