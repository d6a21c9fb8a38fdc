import { z } from 'zod';
import { GUARDRAIL_METRICS, ROLLOUT_LIMITS } from '../contracts';
import type { Guardrail, RolloutStrategy } from '../contracts';
import { count, duration, share } from './primitives';

/** How much worse than the champion a version may be. */
export const guardrailSchema = z.strictObject({
  metric: z.enum(GUARDRAIL_METRICS),
  tolerance: z.number().min(0),
}) satisfies z.ZodType<Guardrail>;

const guardrails = z.array(guardrailSchema).max(ROLLOUT_LIMITS.guardrails).default([]);
const probes = z.number().int().min(0).max(ROLLOUT_LIMITS.probes).default(100);
const minimumRows = count.default(100);

const canaryStep = z.strictObject({ allocation: share, hold: duration });

/** How a version comes to serve; what may be left out has its default. */
export const rolloutStrategySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('direct') }),
  z.strictObject({ kind: z.literal('blue-green'), probes, drain: duration }),
  z.strictObject({
    kind: z.literal('canary'),
    probes,
    steps: z
      .array(canaryStep)
      .min(1)
      .max(ROLLOUT_LIMITS.steps)
      .refine((steps) => steps.every(({ allocation }, k) => k === 0 || allocation > steps[k - 1]!.allocation), {
        error: 'expected allocations in ascending order',
      }),
    guardrails,
    minimumRows,
  }),
  z.strictObject({ kind: z.literal('shadow'), probes, hold: duration, guardrails, minimumRows }),
]) satisfies z.ZodType<RolloutStrategy>;

/** A strategy as it may be written: defaults may be left out. */
export type RolloutStrategyInput = z.input<typeof rolloutStrategySchema>;
