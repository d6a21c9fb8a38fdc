import { z } from 'zod';
import type { Scenario } from '../contracts';
import { driftPolicySchema } from './drift';
import { count, duration, gateMetric, instant, interval, name, share } from './primitives';
import { retrainPolicySchema } from './retraining';

/** What a replay needs beside the stream; published as `schemas/scenario-v1.json`. */
export const scenarioSchema = z
  .strictObject({
    name,
    train: interval,
    baseline: interval,
    monitor: z.strictObject({
      metric: gateMetric,
      window: duration,
      baselineDrop: z.number().gt(0).optional(),
      baselineRatio: z.number().gt(0).optional(),
      consecutive: count.max(100),
      minSamples: count,
      labelMaturity: duration,
      rebase: z.boolean().optional(),
      reference: z.literal('training').optional(),
      drift: driftPolicySchema.optional(),
    }),
    retrain: z.strictObject({
      lookback: duration,
      holdout: duration.optional(),
      cooldown: duration.optional(),
      pipeline: retrainPolicySchema.shape.pipeline,
    }),
    experiment: z.strictObject({
      duration,
      allocation: share,
      salt: z.string().min(1).max(64),
      successMetric: z.enum(['accuracy', 'logLoss']),
      alpha: share,
      earlyStop: z.boolean(),
      unit: z.enum(['predictionId', 'unit']).optional(),
    }),
    end: instant.optional(),
  })
  .meta({ title: 'Loopwright replay scenario, version 1' }) satisfies z.ZodType<Scenario>;

/** One line of a replay's stream. Features may be constant, missing or new. */
export const streamRowSchema = z.strictObject({
  predictionId: z.string().min(1).max(200),
  ts: instant,
  features: z.record(z.string(), z.unknown()),
  label: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }),
  value: z.number().optional(),
  labelTs: instant,
});

/** One line of a replay's stream, as parsed. */
export type StreamRow = z.output<typeof streamRowSchema>;
