import { z } from 'zod';
import { DEFAULT_TRAINER } from '../contracts';
import type { RetrainPolicy, RetrainSpec } from '../contracts';
import { experimentPolicySchema } from './experiment';
import { duration, gateMetric, instant, name, target, text } from './primitives';

/** How a challenger is trained and gated. */
export const retrainPolicySchema = z.strictObject({
  trainer: name.default(DEFAULT_TRAINER),
  lookback: duration,
  holdout: duration.default('14d'),
  cooldown: duration.default('7d'),
  approval: z.boolean().default(false),
}) satisfies z.ZodType<RetrainPolicy>;

/** One retraining. */
export const retrainSpecSchema = z.strictObject({
  ...target,
  key: z.string().min(1).max(200),
  clock: z.enum(['wall', 'data']).default('wall'),
  at: instant,
  reasons: z.array(text).min(1).max(20),
  metric: gateMetric,
  labelMaturity: duration,
  policy: retrainPolicySchema,
  experiment: experimentPolicySchema,
  reportTo: z.string().max(200).optional(),
}) satisfies z.ZodType<RetrainSpec>;

/** A retraining as it may be asked for: defaults may be left out. */
export type RetrainSpecInput = z.input<typeof retrainSpecSchema>;
