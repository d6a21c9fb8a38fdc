import { z } from 'zod';
import { FUTURE_TOLERANCE_MS, NAME_PATTERN } from '../contracts';
import type { Attributes, Exposure, MetricEvent, TrackRejection } from '../contracts';
import { utcInstant } from './instant-fast';
import { experimentName, instant, isPrintable, name } from './primitives';

/** Sums of squares of larger ones leave the range of a double. */
const LARGEST = 1e100;

const MOST_ATTRIBUTES = 50;

const printable = z.custom<string>(isPrintable, { error: 'expected 1 to 200 printable characters' });

function isAttributes(value: unknown): value is Attributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  if (entries.length > MOST_ATTRIBUTES) return false;
  return entries.every(
    ([key, one]) =>
      isPrintable(key) &&
      (one === null || one === '' || isPrintable(one) || typeof one === 'boolean' || Number.isFinite(one)),
  );
}

/** A unit met its variant. */
export const exposureSchema = z.strictObject({
  experiment: experimentName,
  unit: printable,
  variant: name,
  at: instant,
  // z.record would drop an attribute called __proto__.
  attributes: z
    .custom<Attributes>(isAttributes, {
      error: 'expected an object of at most 50 printable texts, finite numbers, booleans and nulls',
    })
    .optional(),
}) satisfies z.ZodType<Exposure>;

/** Something that a unit did; its value is 1 unless said. */
export const metricEventSchema = z.strictObject({
  eventId: printable,
  unit: printable,
  event: name,
  value: z.number().min(-LARGEST).max(LARGEST).default(1),
  at: instant,
}) satisfies z.ZodType<MetricEvent>;

/** An event as it may be written. */
export type MetricEventInput = z.input<typeof metricEventSchema>;

/** What passed, and how many did not, by reason. */
export interface SiftedTracking<T> {
  readonly rows: readonly T[];
  readonly rejected: Readonly<Partial<Record<TrackRejection, number>>>;
}

/**
 * Sifts what comes from outside: a bad one is counted with its reason and never stops the others.
 * @param now the wall clock, in milliseconds; what is dated more than a day ahead of it is refused
 */
export function siftTracking<T extends { readonly at: string }>(
  schema: z.ZodType<T>,
  given: readonly unknown[],
  now: number,
): SiftedTracking<T> {
  const quick = (schema as unknown) === metricEventSchema ? (passEvent as (row: unknown) => T | null) : () => null;
  const rows: T[] = [];
  const rejected: Partial<Record<TrackRejection, number>> = {};
  for (const entry of given) {
    const row = quick(entry) ?? schema.safeParse(entry).data;
    const reason = row === undefined ? faultOf(entry) : Date.parse(row.at) > now + FUTURE_TOLERANCE_MS && 'in-the-future';
    if (reason === false) rows.push(row!);
    else rejected[reason] = (rejected[reason] ?? 0) + 1;
  }
  return { rows, rejected };
}

function faultOf(entry: unknown): TrackRejection {
  const unit = typeof entry === 'object' && entry !== null && 'unit' in entry ? entry.unit : undefined;
  return isPrintable(unit) ? 'bad-value' : 'bad-unit';
}

/** A check by hand for events that are right, which almost all are: it says yes only where the schema does. */
function passEvent(row: unknown): MetricEvent | null {
  if (typeof row !== 'object' || row === null || Object.keys(row).length > 5) return null;
  const { eventId, unit, event, value, at } = row as Record<string, unknown>;
  if (!isPrintable(eventId) || !isPrintable(unit) || typeof event !== 'string' || !NAME_PATTERN.test(event)) return null;
  if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST)) return null;
  const time = utcInstant(at);
  return time === null ? null : { eventId, unit, event, value, at: time };
}
