import { z } from 'zod';
import type { AlertDecision, AlertPolicy, CostPolicy, ResponseBudget, ResponsePolicy } from '../contracts';
import { count, duration, instant, name, text } from './primitives';

const actions = z
  .array(
    z.enum(['notify', 'retrain', 'roll-back', 'notify-data-engineers', 'open-quality-gate', 'assess-impact']),
  )
  .max(6);

/** What is done about alerts. */
export const responsePolicySchema = z
  .strictObject({
    medium: actions.default(['notify', 'retrain']),
    high: actions.default(['notify', 'retrain']),
    drift: actions.optional(),
    schema: actions.optional(),
    volume: actions.optional(),
    silence: actions.optional(),
    segment: actions.optional(),
    estimate: actions.optional(),
    concept: actions.optional(),
  })
  .prefault({}) satisfies z.ZodType<ResponsePolicy>;

/** How often something may be done. */
export const budgetSchema = z
  .strictObject({ perWeek: count.max(100).default(3) })
  .prefault({}) satisfies z.ZodType<ResponseBudget>;

const worth = z.number().min(-1e12).max(1e12);

/** What a right or wrong prediction is worth. */
export const costPolicySchema = z.union([
  z.strictObject({ currency: z.string().min(1).max(16), perCorrect: worth }),
  z.strictObject({
    currency: z.string().min(1).max(16),
    matrix: z.strictObject({
      truePositive: worth,
      falsePositive: worth,
      falseNegative: worth,
      trueNegative: worth,
    }),
  }),
]) satisfies z.ZodType<CostPolicy>;

/** Who is told, and when it becomes urgent. */
export const alertPolicySchema = z
  .strictObject({
    sinks: z.array(name).max(10).default([]),
    dataEngineers: z.array(name).max(10).optional(),
    escalation: z.strictObject({ after: duration, sinks: z.array(name).min(1).max(10) }).optional(),
    groupFrom: count.min(2).max(1_000).default(3),
  })
  .prefault({}) satisfies z.ZodType<AlertPolicy>;

/** What an alert is known by: it starts with its model and environment. */
export const fingerprintSchema = z
  .string()
  .max(1_000)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}:[A-Za-z0-9][A-Za-z0-9._-]{0,63}:[^:]+:/, {
    error: 'expected {model}:{environment}:{kind}:{subject}, as a list of alerts shows it',
  });

const decision = { fingerprint: fingerprintSchema, who: z.string().min(1).max(200), note: text.optional() };

/** An operator's decision on an alert. */
export const alertDecisionSchema = z.strictObject(decision) satisfies z.ZodType<AlertDecision>;

/** Quiet until then, or for so long on the monitor's clock. */
export const snoozeDecisionSchema = z
  .strictObject({ ...decision, until: instant.optional(), for: duration.optional() })
  .refine(({ until, for: length }) => (until === undefined) !== (length === undefined), {
    error: 'expected exactly one of until (an instant) and for (a duration)',
    path: ['until'],
  });

/** Which alerts are listed. */
export const alertQuerySchema = z.strictObject({
  state: z.enum(['unresolved', 'open', 'acknowledged', 'snoozed', 'resolved']).optional(),
  kind: z
    .enum(['performance', 'drift', 'schema', 'volume', 'silence', 'segment', 'estimate', 'concept'])
    .optional(),
  limit: count.max(10_000).optional(),
});
