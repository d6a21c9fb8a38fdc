import { z } from 'zod';
import { FUTURE_TOLERANCE_MS, IMPACT_METRICS } from '../contracts';
import type {
  Conversion,
  ImpactChange,
  ImpactClosing,
  ImpactSpec,
  Instant,
  RecommendationClick,
  RecommendationEvent,
  RejectedImpactEvent,
} from '../contracts';
import { firstIssue } from './parse';
import { count, duration, instant, isPrintable, milliseconds, name, share, target, text } from './primitives';

/** A month: `2026-10`. */
export const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'expected a month such as 2026-10' });

const YEAR_MS = 366 * 86_400_000;

const withinAYear = duration.refine((given) => milliseconds(given) <= YEAR_MS, {
  error: 'expected a duration of at most 366d',
});

const impactMetrics = z
  .array(z.enum(IMPACT_METRICS))
  .min(1)
  .refine((metrics) => new Set(metrics).size === metrics.length, { error: 'expected metrics that differ' })
  .readonly();

const businessCase = z
  .array(z.strictObject({ from: monthSchema, monthlyValue: z.number() }))
  .max(120)
  .refine((cases) => cases.every(({ from }, index) => index === 0 || from > cases[index - 1]!.from), {
    error: 'expected months that ascend',
  })
  .readonly();

/** What is tracked of a model's recommendations, with its defaults. */
export const impactSpecSchema = z.strictObject({
  ...target,
  clock: z.enum(['wall', 'data']).default('wall'),
  start: instant,
  impactMetrics: impactMetrics.default([...IMPACT_METRICS]),
  attributionWindow: withinAYear,
  controlGroupSize: share.default(0.1),
  rotation: name.default('first'),
  lookBack: withinAYear.nullable().default('28d'),
  minimumUsers: count.default(100),
  currency: z.string().regex(/^[\p{L}\p{Sc}]{1,8}$/u, { error: 'expected 1 to 8 letters, or a sign, such as EUR' }),
  businessCase: businessCase.default([]),
}) satisfies z.ZodType<ImpactSpec>;

/** A spec as it may be written: defaults may be left out. */
export type ImpactSpecInput = z.input<typeof impactSpecSchema>;

/** A change of a running tracker. */
export const impactChangeSchema = z.strictObject({
  impactMetrics: impactMetrics.optional(),
  minimumUsers: count.optional(),
  businessCase: businessCase.optional(),
  rotate: z.strictObject({ rotation: name, controlGroupSize: share.optional(), from: instant }).optional(),
}) satisfies z.ZodType<ImpactChange>;

/** Who ends a tracker, and why. */
export const impactClosingSchema = z.strictObject({ who: name, reason: text }) satisfies z.ZodType<
  Omit<ImpactClosing, 'at'>
>;

const id = z
  .string()
  .min(1)
  .max(200)
  .refine(isPrintable, { error: 'expected printable text, 1 to 200 characters' });

/** A user id: anything printable. */
export const impactUserSchema = id;

/** What a user was shown. */
export const recommendationEventSchema = z.strictObject({
  eventId: id,
  userId: id,
  items: z.array(id).max(1_000),
  at: instant,
  modelVersion: count.nullable(),
}) satisfies z.ZodType<RecommendationEvent>;

/** A click on a recommendation. */
export const recommendationClickSchema = z.strictObject({
  recommendationId: id,
  at: instant,
}) satisfies z.ZodType<RecommendationClick>;

/** An order. */
export const conversionSchema = z.strictObject({
  conversionId: id,
  userId: id,
  recommendationId: id.optional(),
  revenue: z.number().min(-1e12).max(1e12),
  at: instant,
  clicked: z.boolean().optional(),
  revision: z.number().int().min(0).max(1_000_000).optional(),
}) satisfies z.ZodType<Conversion>;

/**
 * Sifts events from outside: one that does not hold is rejected with its reason and never stops the others.
 * @param now the wall clock, in milliseconds; what is dated more than a day ahead of it is rejected
 */
export function siftImpactEvents<T extends { readonly at: Instant }>(
  schema: z.ZodType<T>,
  given: readonly unknown[],
  now: number,
): { readonly rows: readonly { readonly index: number; readonly row: T }[]; readonly rejected: RejectedImpactEvent[] } {
  const latest = new Date(now + FUTURE_TOLERANCE_MS).toISOString();
  const rows: { index: number; row: T }[] = [];
  const rejected: RejectedImpactEvent[] = [];
  given.forEach((entry, index) => {
    const row = schema.safeParse(entry).data;
    if (row === undefined) {
      const { path, value, expected } = firstIssue(schema, entry)!;
      rejected.push({ index, reason: 'invalid-value', path, message: `${path} is ${value}: ${expected}` });
    } else if (row.at > latest || row.at.startsWith('+')) {
      const message = `${row.at} is more than a day ahead of the clock`;
      rejected.push({ index, reason: 'future-timestamp', path: 'at', message });
    } else rows.push({ index, row });
  });
  return { rows, rejected };
}
