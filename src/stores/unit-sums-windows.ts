import { Double } from 'mongodb';
import type { Document } from 'mongodb';
import type { DesignMetric, ExperimentDesign } from '../contracts';
import { durationMs } from '../domain/time';

/** A metric that is summed from events, by its place among the design's. */
export interface EventMetric {
  readonly place: number;
  readonly metric: DesignMetric;
  readonly event: string;
  /** Of a ratio. */
  readonly denominator: string | null;
  /** Milliseconds from the first exposure in which events count. */
  readonly window: number;
  /** Milliseconds before it whose events are the covariate, 0 without one. */
  readonly lookBack: number;
}

/** The metrics of a design that are about events. */
export function eventMetrics({ metrics }: Pick<ExperimentDesign, 'metrics'>): EventMetric[] {
  return metrics.flatMap((metric, place) => {
    const { source, denominator, conversionWindow, lookBack } = metric;
    if (source.kind !== 'event') return [];
    return {
      place,
      metric,
      event: source.event,
      denominator: denominator?.kind === 'event' ? denominator.event : null,
      window: durationMs(conversionWindow),
      lookBack: lookBack === null ? 0 : durationMs(lookBack),
    };
  });
}

/** Every event that any of them counts. */
export function eventNames(metrics: readonly EventMetric[]): string[] {
  return [...new Set(metrics.flatMap(({ event, denominator }) => (denominator ? [event, denominator] : [event])))];
}

/** Events in [since, until) may matter to a unit that was first exposed at a time. */
export function reach(design: ExperimentDesign, exposedAt: number): { readonly since: Date; readonly until: Date } {
  const metrics = eventMetrics(design);
  const [lookBack, window] = [metrics.map((one) => one.lookBack), metrics.map((one) => one.window)];
  return {
    since: new Date(exposedAt - Math.max(0, ...lookBack)),
    until: new Date(exposedAt + Math.max(0, ...window)),
  };
}

/** Expressions of several metrics as one. */
export function allOf(parts: readonly Document[]): Document {
  return Object.assign({}, ...parts) as Document;
}

/** The sums of a unit of which nothing is known, as doubles: whole numbers would be kept as integers and overflow. */
export function noSums(metrics: readonly EventMetric[]): Record<string, Double> {
  return Object.fromEntries(
    metrics.flatMap(({ place }) => [`y${place}`, `x${place}`]).map((name) => [name, new Double(0)]),
  );
}
