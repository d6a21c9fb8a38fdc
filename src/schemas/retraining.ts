import { z } from 'zod';
import { DEFAULT_TRAINER, PIPELINE_LIMITS } from '../contracts';
import type {
  ApprovalPolicy,
  BakePolicy,
  GatePolicy,
  PerformanceRule,
  RetrainPolicy,
  RetrainSpec,
} from '../contracts';
import { experimentPolicySchema } from './experiment';
import { named, pipelineName, pipelineValue } from './pipeline-stage';
import { count, duration, gateMetric, instant, name, share, target, text } from './primitives';
import { rolloutStrategySchema } from './rollout';

/** What a metric must be on its own. */
const performanceRuleSchema = z
  .strictObject({ metric: gateMetric, atLeast: z.number().optional(), atMost: z.number().optional() })
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, {
    error: 'expected atLeast, atMost or both',
  }) satisfies z.ZodType<PerformanceRule>;

const rules = z.array(performanceRuleSchema).max(20);

const gatePolicySchema = z.strictObject({
  test: z.enum(['point-estimate', 'mcnemar', 'paired-loss']).default('point-estimate'),
  alpha: share.default(0.05),
  rules: rules.default([]),
}) satisfies z.ZodType<GatePolicy>;

const approvalPolicySchema = z.strictObject({
  timeout: duration,
  reminder: duration.optional(),
  onTimeout: z.enum(['approve', 'reject']),
}) satisfies z.ZodType<ApprovalPolicy>;

const bakePolicySchema = z.strictObject({
  duration,
  rules: rules.min(1),
  minimumRows: count.default(100),
}) satisfies z.ZodType<BakePolicy>;

/** How a challenger is trained and gated. */
export const retrainPolicySchema = z.strictObject({
  trainer: name.default(DEFAULT_TRAINER),
  pipeline: z
    .strictObject({
      name: pipelineName,
      rows: z.string().regex(/^(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/, { error: 'expected an absolute path of a file such as /data/rows.csv' }),
      model: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { error: 'expected stage.output, such as train.model' }),
      params: named(pipelineValue, PIPELINE_LIMITS.parameters).optional(),
    })
    .optional(),
  lookback: duration,
  holdout: duration.default('14d'),
  cooldown: duration.default('7d'),
  approval: z.union([z.boolean(), approvalPolicySchema]).default(false),
  gate: gatePolicySchema.optional(),
  strategy: z.union([z.strictObject({ kind: z.literal('experiment') }), rolloutStrategySchema]).optional(),
  bake: bakePolicySchema.optional(),
  stepTimeout: duration.optional(),
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
