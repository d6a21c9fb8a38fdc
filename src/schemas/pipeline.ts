import { z } from 'zod';
import { PIPELINE_LIMITS } from '../contracts';
import type { PipelineSpec } from '../contracts';
import { handlerSchema, named, pipelineName, pipelineStageSchema, pipelineValue } from './pipeline-stage';

const ZONE = /^[A-Za-z][A-Za-z0-9_+-]{0,31}(?:\/[A-Za-z0-9_+-]{1,31}){0,2}$/;

/** A zone by its name, spelt as the database spells it: other programs tell capitals from small letters. */
const timezone = z
  .string()
  .superRefine((zone, context) => {
    const known = ZONE.test(zone) ? knownZone(zone) : null;
    const meant = known !== null && known !== zone && known.toLowerCase() === zone.toLowerCase();
    if (known !== null && !meant) return;
    const message = `expected a zone such as UTC or Europe/Berlin${meant ? `: did you mean "${known}"?` : ''}`;
    context.addIssue({ code: 'custom', message });
  })
  .default('UTC');

/** A pipeline as it is declared: `apiVersion: ml/v1`, with its defaults. What its parts say of each other is not checked. */
export const pipelineSchema = z.strictObject({
  apiVersion: z.literal('ml/v1', { error: 'expected ml/v1' }),
  kind: z.literal('MLPipeline', { error: 'expected MLPipeline' }),
  metadata: z.strictObject({ name: pipelineName, description: z.string().max(PIPELINE_LIMITS.text).optional() }),
  spec: z.strictObject({
    schedule: z.string().max(200).optional(),
    timezone,
    parameters: named(pipelineValue, PIPELINE_LIMITS.parameters).default({}),
    parallelism: z.number().int().min(1).max(PIPELINE_LIMITS.parallelism).default(50),
    stages: z.array(pipelineStageSchema).min(1).max(PIPELINE_LIMITS.stages),
    onFailure: handlerSchema.optional(),
  }),
}) satisfies z.ZodType<PipelineSpec>;

/** A pipeline as it may be written: defaults may be left out. */
export type PipelineSpecInput = z.input<typeof pipelineSchema>;

/** The name under which a zone is known, or null. */
function knownZone(zone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
