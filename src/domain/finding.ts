import type { AlertKind, AlertSeverity, Instant, MetricName } from '../contracts';

/** What a look says about one subject. */
export interface Finding {
  readonly kind: AlertKind;
  /** As in the alert: the metric, the feature, `features` for many of them, `country=DE/accuracy`. */
  readonly subject: string;
  readonly metric: MetricName | null;
  readonly verdict: 'flagged' | 'clear' | 'insufficient-data';
  readonly value: number | null;
  readonly level: number | null;
  readonly baseline: number | null;
  readonly severity: AlertSeverity;
  /** Rows it rests on. */
  readonly n: number;
  /** The start of the window; null where it is about none. */
  readonly window: Instant | null;
  /** Features that moved together, the furthest first, at most fifty. */
  readonly features: readonly string[];
  /** One line in words with the numbers, at most 300 characters. */
  readonly summary: string;
  /** Ends of the value's interval. */
  readonly interval: readonly [number, number] | null;
}

/** The subject of an alert about many features. */
export const MANY = 'features';

/** So many features are named in one finding, at most. */
export const NAMED_FEATURES = 50;

/** Every kind of alert that a monitor finds. */
export const ALERT_KINDS: readonly AlertKind[] = [
  'performance',
  'drift',
  'schema',
  'volume',
  'silence',
  'segment',
  'estimate',
  'concept',
];

/**
 * A feature as the subject of an alert. One that is called as a subject of ours is marked, so that a feature `score`
 * and the score of the prediction stay two problems.
 */
export function featureSubject(feature: string): string {
  return RESERVED.has(feature) || feature.startsWith('feature:') ? `feature:${feature}` : feature;
}

const RESERVED: ReadonlySet<string> = new Set([MANY, 'prediction', 'score']);

/** A finding that says nothing yet. */
export const NOTHING = {
  metric: null,
  value: null,
  level: null,
  baseline: null,
  severity: 'medium',
  n: 0,
  window: null,
  features: [],
  interval: null,
} as const;

/** One line of at most 300 characters, whatever the names in it are. */
export function line(text: string): string {
  const one = text.replace(/\s+/g, ' ');
  return one.length <= 300 ? one : `${one.slice(0, 299).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** By code unit, so that the order is the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
