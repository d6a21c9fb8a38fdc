import { z } from 'zod';
import { parseArtifactUri, PIPELINE_LIMITS, PIPELINE_RUN_LIMITS } from '../contracts';
import type { ArtifactRef, PipelineRunState, RunPipelineInput } from '../contracts';
import { named, pipelineName, pipelineValue } from './pipeline-stage';
import { instant, isPrintable } from './primitives';

/** A file of 256 KiB with its defaults written out. */
const SPEC_BYTES = 1_048_576;

const digest = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected a SHA-256 of 64 small hexadecimal digits' });

/** A reference to what is in the artifact store. */
export const artifactRefSchema = z
  .strictObject({ sha256: digest, bytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER), uri: z.string() })
  .refine(({ sha256, uri }) => parseArtifactUri(uri)?.sha256 === sha256, {
    error: 'expected artifact:file/{sha256} or artifact:folder/{sha256} with the same digest',
    path: ['uri'],
  }) satisfies z.ZodType<ArtifactRef>;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\\]/;

const path = z
  .string()
  .max(1_024)
  .refine((text) => /^\/[^/]/.test(text) && !CONTROL.test(text) && !/\/\.{0,2}\//.test(`${text.replace(/\/$/, '')}/`), {
    error: 'expected an absolute path such as /data/rows.csv, without . and ..',
  });

const files = z.record(path, artifactRefSchema).refine((given) => Object.keys(given).length <= PIPELINE_RUN_LIMITS.files, {
  error: `expected at most ${PIPELINE_RUN_LIMITS.files} files`,
});

const output = z
  .string()
  .max(200)
  .refine((text) => text.split('.').length === 2, { error: 'expected stage.output, such as train.model' });

/** The declaration itself is checked by the compiler's schema; here only its size. */
const spec = z.unknown().refine((given) => bytesOf(given) <= SPEC_BYTES, {
  error: 'expected a declaration of at most 1 MiB as JSON',
});

/** The input of `runPipeline`. Whether it has the pipeline's parameters is the pipeline's to say. */
export const runPipelineInputSchema = z
  .strictObject({
    pipeline: pipelineName.optional(),
    digest: digest.optional(),
    spec: spec.optional(),
    params: named(pipelineValue, PIPELINE_LIMITS.parameters).optional(),
    at: instant.optional(),
    retryOf: z.string().refine(isRunId, { error: 'expected the id of a run, such as pipeline:bike:20261125T020000Z' }).optional(),
    files: files.optional(),
    returns: z.array(output).max(PIPELINE_RUN_LIMITS.returns).optional(),
    planOnly: z.boolean().optional(),
    who: z.string().refine(isPrintable, { error: 'expected 1 to 200 printable characters' }).optional(),
    /** Ours, from the history before. */
    state: z.custom<PipelineRunState>((given) => typeof given === 'object' && given !== null).optional(),
  })
  .superRefine((input, context) => {
    const refuse = (field: keyof typeof input, message: string) => {
      if (input[field] !== undefined) context.addIssue({ code: 'custom', path: [field], message });
    };
    if (input.retryOf !== undefined) {
      for (const field of ['spec', 'params', 'at', 'files'] as const)
        refuse(field, 'expected none beside retryOf: a retry takes it from the run that it retries');
    } else if (input.spec !== undefined) {
      for (const field of ['pipeline', 'digest'] as const)
        refuse(field, 'expected none beside spec: the declaration says what is run');
    } else if (input.pipeline === undefined && input.digest === undefined)
      context.addIssue({ code: 'custom', path: ['pipeline'], message: 'expected one of pipeline, digest, spec and retryOf' });
  }) satisfies z.ZodType<RunPipelineInput>;

function isRunId(text: string): boolean {
  return text.length >= 1 && text.length <= 400 && !/[\p{Cc}\p{Surrogate}]/u.test(text);
}

/** Bytes as JSON; what cannot be written so is too large for anybody. */
function bytesOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  } catch {
    return Infinity;
  }
}
