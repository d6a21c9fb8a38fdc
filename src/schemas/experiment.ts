import { z } from 'zod';
import type { ExperimentPolicy, ExperimentSpec, ExtendExperiment, RampExperiment, StopExperiment } from '../contracts';
import { duration, experimentName, instant, name, share, target, text } from './primitives';

const policy = {
  duration,
  allocation: share,
  salt: z.string().min(1).max(64),
  successMetric: z.enum(['accuracy', 'logLoss']).default('accuracy'),
  alpha: share.default(0.05),
  earlyStop: z.boolean().default(true),
  unit: z.enum(['predictionId', 'unit']).default('predictionId'),
};

/** How a challenger meets the champion. */
export const experimentPolicySchema = z.strictObject(policy) satisfies z.ZodType<ExperimentPolicy>;

/** One experiment. */
export const experimentSpecSchema = z
  .strictObject({
    ...target,
    ...policy,
    id: experimentName,
    clock: z.enum(['wall', 'data']).default('wall'),
    champion: z.number().int().min(1),
    challenger: z.number().int().min(1),
    start: instant,
    labelMaturity: duration,
    seed: z.string().min(1).max(128),
    reportTo: z.string().max(200).optional(),
  })
  .refine(({ champion, challenger }) => champion !== challenger, {
    error: 'expected another version than the champion',
    path: ['challenger'],
  }) satisfies z.ZodType<ExperimentSpec>;

/** An operator ends an experiment. */
export const stopExperimentSchema = z.strictObject({
  reason: text,
  who: name,
  decision: z.enum(['stop', 'inconclusive']).optional(),
}) satisfies z.ZodType<StopExperiment>;

/** An operator lengthens an experiment. */
export const extendExperimentSchema = z.strictObject({
  duration,
  reason: text,
  who: name,
}) satisfies z.ZodType<ExtendExperiment>;

/** An operator changes the challenger's share. */
export const rampExperimentSchema = z.strictObject({
  allocation: share,
  reason: text,
  who: name,
}) satisfies z.ZodType<RampExperiment>;

/** An experiment's spec as it may be written: defaults may be left out. */
export type ExperimentSpecInput = z.input<typeof experimentSpecSchema>;
