import { z } from 'zod';
import { METRIC_DIRECTIONS } from '../contracts';
import type { MonitorChange, MonitorSpec } from '../contracts';
import { experimentPolicySchema } from './experiment';
import { count, duration, interval, metric, name, target } from './primitives';
import { retrainPolicySchema } from './retraining';

const actions = z.array(z.enum(['notify', 'retrain', 'roll-back'])).max(3);

const limits = {
  baselineDrop: z.number().gt(0).optional(),
  baselineRatio: z.number().gt(0).optional(),
  consecutive: count.max(100).default(2),
  minSamples: count.default(100),
  rebase: z.boolean().default(false),
  response: z
    .strictObject({ medium: actions, high: actions })
    .default({ medium: ['notify', 'retrain'], high: ['notify', 'retrain'] }),
};

/** A monitor's spec: what is watched, when it alarms, what is done about it. */
export const monitorSpecSchema = z
  .strictObject({
    ...target,
    clock: z.enum(['wall', 'data']).default('wall'),
    sources: z.array(name).min(1).max(20).default(['default']),
    metric: metric.default('accuracy'),
    baseline: interval,
    reference: interval.optional(),
    window: duration.default('1d'),
    labelMaturity: duration,
    ...limits,
    retrain: retrainPolicySchema,
    experiment: experimentPolicySchema,
  })
  .refine(({ baselineDrop, baselineRatio }) => (baselineDrop === undefined) !== (baselineRatio === undefined), {
    error: 'expected either baselineDrop (absolute) or baselineRatio (relative), not both and not neither',
    path: ['baselineDrop'],
  })
  .refine((spec) => ratioFits(spec.metric, spec.baselineRatio), {
    error: 'expected more than 1 for a metric where lower is better, less than 1 where higher is better',
    path: ['baselineRatio'],
  })
  .transform((spec) => ({ ...spec, reference: spec.reference ?? spec.baseline })) satisfies z.ZodType<MonitorSpec>;

function ratioFits(name: keyof typeof METRIC_DIRECTIONS, ratio: number | undefined): boolean {
  if (ratio === undefined) return true;
  return METRIC_DIRECTIONS[name] === 'lower' ? ratio > 1 : ratio < 1;
}

/** A change to a running monitor. */
export const monitorChangeSchema = z.strictObject({
  baselineDrop: limits.baselineDrop,
  baselineRatio: limits.baselineRatio,
  consecutive: count.max(100).optional(),
  minSamples: count.optional(),
  rebase: z.boolean().optional(),
  response: z.strictObject({ medium: actions, high: actions }).optional(),
}) as z.ZodType<MonitorChange>;

/** A monitor's spec as it may be written: defaults may be left out. */
export type MonitorSpecInput = z.input<typeof monitorSpecSchema>;
