import { z } from 'zod';
import { DEFAULT_TRAINER, RETRAINING_DECISIONS } from '../contracts';
import type { BacktestPolicy, BacktestResult, MonitorSpec } from '../contracts';
import { experimentPolicySchema } from './experiment';
import { monitorSpecSchema } from './monitoring';
import { parseWith } from './parse';
import { duration, interval, metric, name, share, text } from './primitives';
import { retrainPolicySchema } from './retraining';
import { streamRowSchema } from './scenario';

const gateSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('validation') }),
    z.strictObject({ kind: z.literal('shadow'), duration, alpha: share.default(0.05) }),
    experimentPolicySchema.extend({ kind: z.literal('experiment') }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? 'expected { "kind": "validation" }, { "kind": "shadow", … } or { "kind": "experiment", … }'
        : 'expected the kind validation, shadow or experiment',
  },
);

/** In memory every window is judged from its rows and nothing is dropped: `exactRows` and `retention` decide nothing. */
const monitorSchema = monitorSpecSchema.in.omit({
  exactRows: true,
  retention: true,
  model: true,
  environment: true,
  clock: true,
  sources: true,
  task: true,
  rankingDepth: true,
  baseline: true,
  retrain: true,
  experiment: true,
});

const policy = z.strictObject({
  name,
  train: interval.optional(),
  baseline: interval,
  monitor: monitorSchema,
  retrain: retrainPolicySchema.omit({ trainer: true, pipeline: true, approval: true, strategy: true, bake: true, stepTimeout: true }),
  gate: gateSchema,
  truth: z
    .array(interval.safeExtend({ what: text }))
    .max(1_000)
    .optional(),
});

/** A policy to be tried on a stream; published as `schemas/backtest-policy-v1.json`. */
export const backtestPolicySchema = policy
  .superRefine((given, context) => {
    const checked = monitorSpecSchema.safeParse(specOf(given));
    for (const issue of checked.error?.issues ?? []) {
      const path = ['monitor', ...issue.path];
      context.addIssue({ code: 'custom', path, message: issue.message, input: given });
    }
  })
  .meta({ title: 'Loopwright backtest policy, version 1' }) satisfies z.ZodType<BacktestPolicy>;

/**
 * The spec that a monitor of this policy runs by. Drift is judged against the training rows unless the policy says
 * otherwise.
 * @throws SchemaError
 */
export function backtestSpec(given: BacktestPolicy): MonitorSpec {
  return parseWith(monitorSpecSchema, specOf(given), `policy ${given.name}`);
}

/** No experiment is run by the other gates; a spec has one all the same. */
const NO_EXPERIMENT = { duration: '7d', allocation: 0.5, salt: 'none' };

function specOf({ name: model, train, baseline, monitor, retrain, gate }: BacktestPolicy): unknown {
  const { kind, ...experiment } = gate;
  return {
    reference: train ?? baseline,
    ...monitor,
    ...{ model, baseline, clock: 'data', exactRows: 10_000_000 },
    retrain: { ...retrain, trainer: DEFAULT_TRAINER },
    experiment: kind === 'experiment' ? experiment : NO_EXPERIMENT,
  };
}

/** One line of a stream with recorded predictions. */
export const recordedRowSchema = streamRowSchema.extend({
  version: z.number().int().min(1),
  score: z.number().min(0).max(1).nullable(),
  prediction: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }),
});

/** What was recorded with a row. */
export type RecordedPrediction = Pick<z.output<typeof recordedRowSchema>, 'version' | 'score' | 'prediction'>;

const rounded = z.number().nullable();
const moment = z.iso.datetime();
const score = { accuracy: rounded, logLoss: rounded };
const whole = z.number().int();

const alertSchema = z.strictObject({
  at: moment,
  event: z.enum(['opened', 'again']),
  kind: z.enum(['performance', 'drift', 'schema', 'volume', 'silence', 'segment', 'estimate', 'concept']),
  subject: z.string(),
  metric: metric.nullable(),
  severity: z.enum(['medium', 'high']),
  summary: z.string(),
  actions: z.array(
    z.enum(['notify', 'retrain', 'roll-back', 'notify-data-engineers', 'open-quality-gate', 'assess-impact']),
  ),
  withheld: z.array(z.string()),
  verdict: z.enum(['hit', 'false', 'undeclared']),
});

const retrainingSchema = z.strictObject({
  at: moment,
  closedAt: moment,
  rows: whole,
  decision: z.enum(RETRAINING_DECISIONS),
  reasons: z.array(z.string()),
  challenger: whole.nullable(),
  holdout: z
    .strictObject({ n: whole, champion: z.strictObject(score), challenger: z.strictObject(score) })
    .nullable(),
  waiting: z.strictObject({ days: z.number(), rows: whole, correct: whole, value: rounded }).nullable(),
});

const outcomeSchema = z.strictObject({
  policy: z.string(),
  gate: gateSchema,
  baseline: rounded,
  level: rounded,
  alerts: z.array(alertSchema),
  truth: z.array(
    z.strictObject({ from: moment, to: moment, what: z.string(), firstAlarm: moment.nullable(), delayDays: rounded }),
  ),
  falseAlarms: whole.nullable(),
  missed: whole.nullable(),
  retrainings: z.array(retrainingSchema),
  promotions: z.array(z.strictObject({ at: moment, version: whole })),
  daysToPromotion: rounded,
  served: z.strictObject({ n: whole, ...score }),
  frozen: z.strictObject({ n: whole, ...score }).nullable(),
  value: z
    .strictObject({ currency: z.string(), served: z.number(), frozen: rounded, gain: rounded, behindBest: rounded })
    .nullable(),
  windows: z.array(
    z.strictObject({ from: moment, n: whole, correct: whole, frozenCorrect: whole.nullable(), champion: whole }),
  ),
  judgedFrom: moment,
  notes: z.array(z.string()),
});

/** What a backtest came to; published as `schemas/backtest-v1.json`. */
export const backtestResultSchema = z
  .strictObject({
    stream: z.strictObject({
      rows: whole,
      from: moment.nullable(),
      to: moment.nullable(),
      recorded: z.boolean(),
      quarantined: z.record(z.string(), whole),
    }),
    policies: z.array(outcomeSchema),
  })
  .meta({ title: 'Loopwright backtest, version 1' }) satisfies z.ZodType<BacktestResult>;
