import { z } from 'zod';
import { CHANGEABLE, DEFAULT_METRICS, METRIC_DIRECTIONS, METRIC_NAMES, METRICS } from '../contracts';
import type { MonitorChange, MonitorSpec } from '../contracts';
import { alertPolicySchema, budgetSchema, costPolicySchema, responsePolicySchema } from './alert';
import { driftPolicySchema } from './drift';
import { experimentPolicySchema } from './experiment';
import { count, duration, featureName, interval, metric, name, share, target } from './primitives';
import { retrainPolicySchema } from './retraining';

const rule = {
  baselineDrop: z.number().gt(0).optional(),
  baselineRatio: z.number().gt(0).optional(),
  threshold: z.number().optional(),
  highMargin: z.number().gt(0).optional(),
};

const metricRuleSchema = z.strictObject({ metric, ...rule }).superRefine(checkRule);

const volumeSchema = z
  .strictObject({
    minimum: count.optional(),
    maximum: count.optional(),
    minimumRatio: z.number().gt(0).optional(),
    maximumRatio: z.number().gt(0).optional(),
    silence: duration.optional(),
  })
  .default({});

const segmentsSchema = z
  .strictObject({
    keys: z.array(featureName).max(5).default([]),
    minSamples: count.default(100),
    alpha: share.default(0.05),
  })
  .default({ keys: [], minSamples: 100, alpha: 0.05 });

const fields = {
  ...rule,
  metrics: z.array(metricRuleSchema).max(METRIC_NAMES.length).default([]),
  reference: z.union([z.literal('training'), interval]).optional(),
  consecutive: count.max(100).default(2),
  minSamples: count.default(100),
  drift: driftPolicySchema,
  volume: volumeSchema,
  segments: segmentsSchema,
  estimate: z.boolean().default(false),
  cost: costPolicySchema.optional(),
  alerts: alertPolicySchema,
  response: responsePolicySchema,
  budget: budgetSchema,
  rebase: z.boolean().default(false),
  eager: z.boolean().default(false),
  retention: duration.optional(),
};

/** A monitor's spec: what is watched, when it alarms, what is done about it. */
export const monitorSpecSchema = z
  .strictObject({
    ...target,
    clock: z.enum(['wall', 'data']).default('wall'),
    sources: z.array(name).min(1).max(20).default(['default']),
    task: z.enum(['binary', 'regression', 'ranking']).default('binary'),
    metric: metric.optional(),
    rankingDepth: count.max(1_000).default(10),
    baseline: interval,
    window: duration.default('1d'),
    labelMaturity: duration,
    exactRows: z.number().int().min(0).max(10_000_000).default(100_000),
    ...fields,
    retrain: retrainPolicySchema,
    experiment: experimentPolicySchema,
  })
  .transform((spec) => ({
    ...spec,
    metric: spec.metric ?? DEFAULT_METRICS[spec.task],
    reference: spec.reference ?? spec.baseline,
  }))
  .superRefine((spec, context) => {
    checkRule(spec, context);
    [spec, ...spec.metrics].forEach(({ metric: judged }, index) => {
      if (METRICS[judged].task === spec.task) return;
      const known = Object.entries(METRICS).filter(([, { task }]) => task === spec.task);
      const path = index === 0 ? ['metric'] : ['metrics', index - 1, 'metric'];
      const message = `expected a metric of the task ${spec.task}: ${known.map(([each]) => each).join(', ')}`;
      context.addIssue({ code: 'custom', path, message, input: judged });
    });
  }) satisfies z.ZodType<MonitorSpec>;

/** Exactly one kind of level, and one that the metric can cross. */
function checkRule(
  given: { metric: keyof typeof METRICS } & { [K in keyof typeof rule]?: number | undefined },
  context: z.RefinementCtx,
): void {
  const { baselineDrop, baselineRatio, threshold, highMargin } = given;
  const kinds = [baselineDrop, baselineRatio, threshold].filter((value) => value !== undefined);
  if (kinds.length !== 1) {
    const message =
      'expected exactly one of baselineDrop (absolute), baselineRatio (relative) and threshold (a value of the metric)';
    context.addIssue({ code: 'custom', path: ['baselineDrop'], message, input: given });
  }
  const ratio = baselineRatio;
  if (ratio !== undefined && (METRIC_DIRECTIONS[given.metric] === 'lower' ? ratio <= 1 : ratio >= 1)) {
    const message = 'expected more than 1 for a metric where lower is better, less than 1 where higher is better';
    context.addIssue({ code: 'custom', path: ['baselineRatio'], message, input: given });
  }
  if (threshold !== undefined && threshold <= 0 && highMargin === undefined) {
    const message = 'expected a margin beyond the threshold that makes an alert high: .8 × a threshold of 0 or less says nothing';
    context.addIssue({ code: 'custom', path: ['highMargin'], message, input: given });
  }
}

const change = z.strictObject(fields).partial();

/**
 * A change to a running monitor, as it was given: what it leaves out stays, within policies as well. Defaults are for
 * a spec that is written anew; here they would undo what was set before.
 */
export const monitorChangeSchema = z
  .custom<MonitorChange>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'expected an object',
  })
  .superRefine((given, context) => {
    for (const issue of change.safeParse(given).error?.issues ?? []) context.addIssue({ ...issue });
  });

CHANGEABLE satisfies readonly (keyof typeof fields)[];

/** A monitor's spec as it may be written: defaults may be left out. */
export type MonitorSpecInput = z.input<typeof monitorSpecSchema>;
