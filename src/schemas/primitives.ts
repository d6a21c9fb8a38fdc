import { z } from 'zod';
import { EXPERIMENT_ID_PATTERN, METRIC_NAMES, NAME_PATTERN, NAME_RULE } from '../contracts';
import type { MetricName } from '../contracts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** An instant or an ISO day, normalised to UTC with milliseconds; no zone means UTC. */
export const instant = z
  .string()
  .refine(isInstant, { error: 'expected an ISO 8601 day or instant, such as 2011-12-05 or 2011-12-05T06:00:00Z' })
  .transform(normaliseInstant);

function isInstant(text: string): boolean {
  const match = INSTANT.exec(text);
  if (!match) return false;
  // The parser rolls 30 February over into March; a day must survive the round trip.
  const day = new Date(`${match[1]}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(match[1]!) && !Number.isNaN(parse(text));
}

function parse(text: string): number {
  const zoned = /T.*(Z|[+-]\d{2}:\d{2})$/.test(text);
  return Date.parse(text.includes('T') && !zoned ? `${text}Z` : text);
}

function normaliseInstant(text: string): string {
  return new Date(parse(text)).toISOString();
}

/** A length of time greater than zero. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d|w)$/, { error: 'expected a duration such as 7d, 12h, 30m or 10s' })
  .refine((text) => Number.parseFloat(text) > 0, { error: 'expected a duration greater than zero' });

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of a duration that has passed the schema; NaN of anything else. */
export function milliseconds(length: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d|w)$/.exec(length) ?? [];
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/** Anything printable, 1 to 200 characters: half of a surrogate pair would be stored as another character. */
export function isPrintable(text: unknown): text is string {
  return typeof text === 'string' && text.length >= 1 && text.length <= 200 && !/[\p{Cc}\p{Surrogate}]/u.test(text);
}

/** A half-open interval with something in it. */
export const interval = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, { error: 'expected from before to', path: ['to'] });

/** What a model, environment or trainer may be called. */
export const name = z.string().regex(NAME_PATTERN, { error: `expected ${NAME_RULE}` });

/** What an experiment may be called. */
export const experimentName = z
  .string()
  .regex(EXPERIMENT_ID_PATTERN, { error: 'expected letters, digits, dot, underscore and hyphen, 1 to 160' });

/** A probability strictly between 0 and 1. */
export const share = z.number().gt(0).lt(1);

/** A whole number ≥ 1. */
export const count = z.number().int().min(1);

/** Short text from a person. */
export const text = z.string().min(1).max(500);

/** Model and environment. */
export const target = { model: name, environment: name.default('production') };

/** A model in an environment. */
export const targetSchema = z.strictObject(target);

/** Metrics a monitor may watch. */
export const metric = z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]);

/** Metrics that a retraining's gate knows. */
export const gateMetric = z.enum(['accuracy', 'logLoss', 'auroc']);

/** A feature may be called anything. */
export const featureName = z.string().max(200);
