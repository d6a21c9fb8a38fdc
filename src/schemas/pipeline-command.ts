import { z } from 'zod';
import { NAME_PATTERN, NAME_RULE } from '../contracts';
import type { PersonDecision } from '../contracts';
import { runPipelineInputSchema } from './pipeline-run';
import { duration, instant, isPrintable, milliseconds, text } from './primitives';

const [LEAST_CATCH_UP_MS, DAY_MS] = [10_000, 86_400_000];

/** What becomes of a run whose time comes while another still runs. A run that is terminated undoes nothing, so none is. */
export const PIPELINE_OVERLAPS = ['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all'] as const;

/** One of the above. */
export type PipelineOverlap = (typeof PIPELINE_OVERLAPS)[number];

const who = z.string().refine(isPrintable, { error: 'expected 1 to 200 printable characters' });

const overlap = z.enum(PIPELINE_OVERLAPS, { error: `expected one of ${PIPELINE_OVERLAPS.join(', ')}` });

const { params, at, files, returns } = runPipelineInputSchema.shape;

/** What a plan is asked for. */
export const planPipelineSchema = z.strictObject({ params, at });

/** What a run is started with. Whether its parameters and outputs are the pipeline's is the pipeline's to say. */
export const runPipelineSchema = z.strictObject({
  ...{ params, at, files, returns },
  run: z
    .string()
    .regex(NAME_PATTERN, { error: `expected ${NAME_RULE}` })
    .optional(),
  who: who.optional(),
});

/** Who does something that needs no reason. */
export const actorSchema = z.strictObject({ who: who.optional() });

/** Who decides, and why. */
export const pipelineDecisionSchema = z.strictObject({ who, reason: text }) satisfies z.ZodType<PersonDecision>;

/** A schedule's policies; what is left out stays. */
export const scheduleChangeSchema = z.strictObject({
  overlap: overlap.optional(),
  /** The server takes no less than ten seconds. */
  catchUp: duration
    .refine((length) => milliseconds(length) >= LEAST_CATCH_UP_MS && milliseconds(length) <= 365 * DAY_MS, { error: 'expected 10s to 365d' })
    .optional(),
  /** `0s` takes it away. */
  jitter: z
    .string()
    .refine((length) => length === '0s' || (duration.safeParse(length).success && milliseconds(length) <= DAY_MS), {
      error: 'expected a duration such as 5m, at most 1d, or 0s',
    })
    .optional(),
});

/** A time in the past whose runs are made up for, both ends in it. */
export const backfillSchema = z
  .strictObject({ from: instant, to: instant, overlap: overlap.default('buffer-all') })
  .refine(({ from, to }) => from <= to, { error: 'expected from before to', path: ['to'] });

/** What a run may be started with, as it is written. */
export type RunPipelineOptions = z.input<typeof runPipelineSchema>;

/** What a plan may be asked for, as it is written. */
export type PlanPipelineOptions = z.input<typeof planPipelineSchema>;

/** New policies of a schedule, as they are written. */
export type ScheduleChange = z.input<typeof scheduleChangeSchema>;

/** What is made up for, as it is written. */
export type BackfillOptions = z.input<typeof backfillSchema>;
