import { z } from 'zod';
import { DRIFT_METHOD_NAMES } from '../contracts';
import type { DriftPolicy } from '../contracts';
import { count, featureName, share } from './primitives';

const floor = z.number().min(0);

/** How drift is judged; what is left out is the calibrated default. */
export const driftPolicySchema = z
  .strictObject({
    mode: z.enum(['default', 'seed', 'off']).default('default'),
    alpha: share.default(0.05),
    adjustment: z
      .enum(['none', 'bonferroni', 'holm', 'benjamini-hochberg', 'benjamini-yekutieli'])
      .default('benjamini-hochberg'),
    flags: count.max(100).default(2),
    of: count.max(100).default(2),
    floor: floor.optional(),
    features: z
      .record(z.string(), z.strictObject({ method: z.enum(DRIFT_METHOD_NAMES).optional(), floor: floor.optional() }))
      .default({}),
    ignore: z.array(featureName).max(1_000).default([]),
    prediction: z.boolean().default(true),
    score: z.boolean().default(true),
    season: z.enum(['none', 'hour', 'weekday', 'weekday-hour']).default('none'),
  })
  .refine(({ flags, of }) => flags <= of, { error: 'expected no more flags than windows (of)', path: ['flags'] })
  .prefault({}) satisfies z.ZodType<DriftPolicy>;

/** The same as it may be written. */
export type DriftPolicyInput = z.input<typeof driftPolicySchema>;
