import type { AlertSeverity, DriftFound, MonitorSpec, WindowReport } from '../contracts';
import { figure, severityBeyond } from './alert';
import { compareText, featureSubject, line, MANY, NAMED_FEATURES, NOTHING } from './finding';
import type { Finding } from './finding';

/**
 * What moved. Many features in one window are one finding; the prediction and its score stay their own. A feature
 * that is missing or has too few values cannot be compared: its drift counts neither way.
 */
export function drift(spec: MonitorSpec, report: WindowReport): Finding[] {
  const { flagged, missing, unjudged = [], subjects } = report.drift;
  const ordered = [...flagged].sort((a, b) => b.effect - a.effect || compareText(a.feature, b.feature));
  const features = ordered.filter(({ of }) => of === 'feature');
  const others = ordered.filter(({ of }) => of !== 'feature').map((found) => moved(found, report));
  const unknown = [...new Set([...missing, ...unjudged])].map((feature) => ({
    ...NOTHING,
    kind: 'drift' as const,
    subject: featureSubject(feature),
    verdict: 'insufficient-data' as const,
    window: report.from,
    summary: line(`${feature} cannot be compared: missing or too few values`),
  }));
  const each = features.map((found) => moved(found, report));
  const [furthest] = each;
  if (furthest === undefined || each.length < spec.alerts.groupFrom) return [...each, ...others, ...unknown];
  const names = features.map(({ feature }) => feature);
  const together: Finding = {
    ...furthest,
    subject: MANY,
    severity: each.some(({ severity }) => severity === 'high') ? 'high' : 'medium',
    features: names.slice(0, NAMED_FEATURES),
    summary: line(
      `${names.length} of ${subjects} subjects moved together, most ${furthest.summary}; all: ${names.join(', ')}`,
    ),
  };
  return [together, ...others, ...unknown];
}

function moved(found: DriftFound, report: WindowReport): Finding {
  const { of, feature, method, effect, floor, pValue, n } = found;
  const name = of === 'feature' ? feature : of;
  return {
    ...NOTHING,
    kind: 'drift',
    subject: of === 'feature' ? featureSubject(feature) : of,
    verdict: 'flagged',
    value: effect,
    level: floor,
    severity: severityBeyond('lower', effect, floor),
    n,
    window: report.from,
    summary: line(
      `${name} moved by ${figure(effect)}, floor ${figure(floor)}: ${method}, p ${figure(pValue)} on ${n} rows`,
    ),
  };
}

/**
 * Features that are missing, which leaves the model without an input, that changed from numbers to texts, or that are
 * new, which it does not read. Many in one window are one finding.
 */
export function schema(spec: MonitorSpec, report: WindowReport): Finding[] {
  const { missing, added } = report.drift;
  const changed = missing.filter((feature) => added.includes(feature));
  const lists = [
    ['missing', missing.filter((feature) => !changed.includes(feature)), 'high'],
    ['of another type', changed, 'high'],
    ['new', added.filter((feature) => !changed.includes(feature)), 'medium'],
  ] as const;
  const all = lists.flatMap(([what, names, severity]) =>
    [...names].sort(compareText).map((feature) => ({ feature, what, severity })),
  );
  const base = { ...NOTHING, kind: 'schema', verdict: 'flagged', n: report.served, window: report.from } as const;
  if (all.length < spec.alerts.groupFrom) {
    return all.map(({ feature, what, severity }) => ({
      ...base,
      subject: featureSubject(feature),
      severity,
      summary: line(`${feature} is ${what} in ${report.served} rows`),
    }));
  }
  const parts = lists.flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${names.length} ${what}: ${[...names].sort(compareText).join(', ')}`],
  );
  return [
    {
      ...base,
      subject: MANY,
      severity: all.some(({ severity }) => severity === 'high') ? 'high' : 'medium',
      features: all.map(({ feature }) => feature).slice(0, NAMED_FEATURES),
      summary: line(`features ${parts.join('; ')}`),
    },
  ];
}

/** Too few or too many served rows: the narrower of the absolute and the relative bounds holds. */
export function volume(spec: MonitorSpec, report: WindowReport): Finding[] {
  const { minimum, maximum, minimumRatio, maximumRatio } = spec.volume;
  const { expectedServed: expected, served } = report;
  const share = (ratio: number | undefined) => (ratio === undefined || expected === null ? [] : [ratio * expected]);
  const least = Math.max(minimum ?? 0, ...share(minimumRatio));
  const most = Math.min(maximum ?? Infinity, ...share(maximumRatio));
  const one = (subject: string, level: number, severity: AlertSeverity, words: string): Finding => ({
    ...NOTHING,
    kind: 'volume',
    subject,
    verdict: 'flagged',
    value: served,
    level,
    baseline: expected,
    severity,
    n: served,
    window: report.from,
    summary: line(`${served} predictions in the window, expected ${words} ${figure(level)}`),
  });
  if (served < least) return [one('too-few', least, severityBeyond('higher', served, least), 'at least')];
  if (served > most) return [one('too-many', most, severityBeyond('lower', served, most), 'at most')];
  return [];
}
