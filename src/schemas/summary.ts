import { z } from 'zod';
import { RETRAINING_DECISIONS } from '../contracts';
import type { Summary } from '../contracts';

const rounded = z.number().nullable();
const instant = z.iso.datetime();
const score = { accuracy: rounded, logLoss: rounded };
const experimentDecision = z.enum(['ship', 'rollback', 'stop', 'invalid', 'inconclusive']);

/** What a replay came to; published as `schemas/summary-v1.json`. */
export const summarySchema = z
  .strictObject({
    scenario: z.string(),
    baseline: rounded,
    firedAt: z.iso.date().nullable(),
    retrainings: z.array(
      z.strictObject({
        at: instant,
        rows: z.number().int(),
        decision: z.enum(RETRAINING_DECISIONS),
        reasons: z.array(z.string()),
        champion: z.strictObject(score),
        challenger: z.strictObject(score),
      }),
    ),
    experiments: z.array(
      z.strictObject({
        from: instant,
        to: instant,
        arms: z.array(
          z.strictObject({
            name: z.enum(['champion', 'challenger']),
            n: z.number().int(),
            successes: z.number().int(),
            accuracy: rounded,
          }),
        ),
        pValue: rounded,
        decision: experimentDecision,
        reasons: z.array(z.string()),
        looks: z.array(
          z.strictObject({
            at: instant,
            n: z.number().int(),
            z: rounded,
            bound: rounded,
            decision: z.union([experimentDecision, z.literal('continue')]),
          }),
        ),
      }),
    ),
    overall: z.strictObject({
      frozen: z.strictObject({ n: z.number().int(), ...score }),
      loop: z.strictObject({ n: z.number().int(), ...score }),
    }),
    predictions: z.number().int(),
    outcomes: z.number().int(),
    lost: z.number().int(),
    duplicated: z.number().int(),
    quarantined: z.record(z.string(), z.number().int()),
    historyEvents: z.number().int(),
    seconds: z.number(),
  })
  .meta({ title: 'Loopwright replay summary, version 1' }) satisfies z.ZodType<Summary>;
