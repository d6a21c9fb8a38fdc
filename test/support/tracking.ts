import { randomUUID } from 'node:crypto';
import type { ExperimentDesign, Exposure, MetricEvent, UnitSums } from '../../src/contracts';
import { durationMs } from '../../src/domain/time';
import { experimentDesignSchema } from '../../src/schemas';
import type { ExperimentDesignInput } from '../../src/schemas';
import type { Stores } from '../../src/stores';

/** Everything in the tests of tracking happens around this day. */
export const DAY0 = Date.parse('2026-03-02T00:00:00Z');
const HOUR = 3_600_000;

/** An instant so many hours after day 0. */
export function hours(count: number): string {
  return new Date(DAY0 + count * HOUR).toISOString();
}

/** A metric about an event, revenue unless said. */
export function metricOf(
  more: Partial<ExperimentDesignInput['metrics'][number]> = {},
): ExperimentDesignInput['metrics'][number] {
  const source = { kind: 'event', event: 'revenue' } as const;
  return { name: 'revenue', role: 'success', type: 'mean', source, conversionWindow: '24h', lookBack: '48h', ...more };
}

/** A design of two variants that nobody else uses. */
export function designOf(more: Partial<ExperimentDesignInput> = {}): ExperimentDesign {
  return experimentDesignSchema.parse({
    id: `x-${randomUUID()}`,
    hypothesis: 'the new one sells more',
    owner: 'ann',
    variants: [
      { name: 'control', weight: 0.5 },
      { name: 'new', weight: 0.5 },
    ],
    duration: '4w',
    metrics: [metricOf()],
    ...more,
  });
}

/** Records a design as one that runs. */
export async function running(stores: Stores, design: ExperimentDesign): Promise<ExperimentDesign> {
  await stores.designs.open(design, { looks: 4, metrics: [], unitsPerDay: null, daysNeeded: null, warnings: [] });
  const event = { at: hours(0), kind: 'started', who: 'ann', reason: 'go' } as const;
  const state = { start: hours(0), end: null, coverage: 1, dropped: [] };
  await stores.designs.publish({ id: design.id, phase: 'running', ...state, number: 1, event });
  return design;
}

/** Ends it. */
export async function ended(stores: Stores, { id }: ExperimentDesign): Promise<void> {
  const event = { at: hours(100), kind: 'decided', who: 'ann', reason: 'done' } as const;
  const state = { start: hours(0), end: hours(100), coverage: 1, dropped: [] };
  await stores.designs.publish({ id, phase: 'decided', ...state, number: 2, event });
}

/** A unit in control, exposed at hour 0, unless said. */
export function exposureOf(design: ExperimentDesign, unit: string, more: Partial<Exposure> = {}): Exposure {
  return { experiment: design.id, unit, variant: 'control', at: hours(0), ...more };
}

let counter = 0;

/** Something that a unit did, with an id of its own. */
export function eventOf(unit: string, hour: number, value = 1, more: Partial<MetricEvent> = {}): MetricEvent {
  counter += 1;
  return { eventId: `e${counter}-${unit}`.slice(0, 200), unit, event: 'revenue', value, at: hours(hour), ...more };
}

/** The sums as anybody would compute them with all rows in memory. */
export function sumsInMemory(
  design: ExperimentDesign,
  place: number,
  variant: string,
  { exposures, events }: { readonly exposures: readonly Exposure[]; readonly events: readonly MetricEvent[] },
): UnitSums {
  const { source, denominator, type, cap, conversionWindow, lookBack } = design.metrics[place]!;
  const units = exposures.filter((one) => one.variant === variant);
  const pairs = units.map(({ unit, at }) => {
    const exposedAt = Date.parse(at);
    const within = (name: unknown, from: number, to: number): MetricEvent[] =>
      events.filter(
        (one) => one.unit === unit && one.event === name && Date.parse(one.at) >= from && Date.parse(one.at) < to,
      );
    const sum = (some: readonly MetricEvent[]): number => some.reduce((total, { value }) => total + value, 0);
    const name = source.kind === 'event' ? source.event : null;
    const end = exposedAt + durationMs(conversionWindow);
    const counted = within(name, exposedAt, end);
    const y = type === 'proportion' ? Math.min(1, counted.length) : Math.min(sum(counted), cap ?? Infinity);
    if (denominator?.kind === 'event') return [y, sum(within(denominator.event, exposedAt, end))] as const;
    return [y, lookBack === null ? 0 : sum(within(name, exposedAt - durationMs(lookBack), exposedAt))] as const;
  });
  const n = pairs.length;
  const mean = (values: readonly number[]): number => (n === 0 ? 0 : values.reduce((a, b) => a + b, 0) / n);
  const [meanY, meanX] = [mean(pairs.map(([y]) => y)), mean(pairs.map(([, x]) => x))];
  const total = (of: (y: number, x: number) => number): number =>
    pairs.reduce((all, [y, x]) => all + of(y - meanY, x - meanX), 0);
  return { n, meanY, m2Y: total((y) => y * y), meanX, m2X: total((_, x) => x * x), cXY: total((y, x) => x * y) };
}
