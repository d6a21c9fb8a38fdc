import { z } from 'zod';
import { count, instant, name, text } from './primitives';
import { rolloutStrategySchema } from './rollout';

/** Who decides, why, from when on and on which evidence. */
export const decisionSchema = z.strictObject({
  who: text,
  reason: text,
  key: z.string().min(1).max(300).optional(),
  effectiveAt: instant.optional(),
  evidence: z.array(text).max(50).optional(),
});

/** The same with the way in which a version comes to serve. */
export const deployDecisionSchema = decisionSchema.extend({
  strategy: rolloutStrategySchema.optional(),
  clock: z.enum(['wall', 'data']).optional(),
});

/** From where to where a model is promoted. */
export const promotionSchema = z
  .strictObject({ model: name, from: name, to: name })
  .refine(({ from, to }) => from !== to, { error: 'expected another environment than from', path: ['to'] });

/** A promotion; without a version it is what serves there. */
export const promoteDecisionSchema = deployDecisionSchema.extend({ version: count.optional() });

/** A roll-back; without version and token it is to the champion before. */
export const rollBackDecisionSchema = decisionSchema
  .extend({ version: count.optional(), toToken: count.optional() })
  .refine(({ version, toToken }) => version === undefined || toToken === undefined, {
    error: 'expected at most one of version and toToken',
    path: ['toToken'],
  });

/** A version to withdraw, or to deploy. */
export const servedVersionSchema = z.strictObject({ version: count });

/** How far the sum of shares may be from 1: what is lost in adding decimal fractions. */
const SUM_TOLERANCE = 1e-9;
const VERSION = /^[1-9]\d{0,8}$/;

const sharesSchema = z.record(z.string(), z.number().gt(0).max(1)).superRefine((shares, context) => {
  const refuse = (path: string[], message: string, input: unknown) =>
    context.addIssue({ code: 'custom', path, message, input });
  const given = Object.entries(shares);
  for (const [version] of given) {
    if (!VERSION.test(version)) refuse([version], 'expected a share by a version number, 1 or more', version);
  }
  if (given.length < 1 || given.length > 2) refuse([], 'expected one version or two', shares);
  const sum = given.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) refuse([], `expected shares that sum to 1, not to ${sum}`, shares);
});

/** How traffic is divided: shares by version, one or two, that sum to 1. */
export const trafficSchema = z.strictObject({
  shares: sharesSchema,
  seed: z.string().min(1).max(200).optional(),
  unit: z.enum(['predictionId', 'unit']).default('predictionId'),
});

/** How often a watch looks by itself: at least four times a second. */
export const watchOptionsSchema = z.strictObject({ pollMs: z.number().int().min(1).max(250).default(250) });

/** A division of traffic as it may be asked for. */
export type TrafficInput = z.input<typeof trafficSchema>;
