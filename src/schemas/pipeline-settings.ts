import { z } from 'zod';
import type { ExecutorSettings, PipelineSettings, StageFunction } from '../contracts';
import { parseWith, SchemaError } from './parse';
import type { SchemaIssue } from './parse';
import { handlerSchema } from './pipeline-stage';

const IMAGE_KEY =
  'an image with or without its tag, such as team/trainer:v1, or a prefix such as team/*';

const words = z.string().refine((text) => !text.includes('\0'), { error: 'expected a text without NUL' });

/** A record whose wrong keys are told as such; zod's own words are "Invalid key in record". */
const record = <V extends z.ZodType>(isKey: (key: string) => boolean, expected: string, value: V) =>
  z.record(z.string().refine(isKey), value, {
    error: (issue) => (issue.code === 'invalid_key' ? `expected ${expected}` : undefined),
  });

const variables = record((key) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key), 'the name of an environment variable', words);

const executor = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('function'),
      version: z.string().min(1).max(200),
      run: z.custom<StageFunction>((given) => typeof given === 'function', { error: 'expected a function' }),
    }),
    z.strictObject({
      kind: z.literal('process'),
      command: z
        .array(words)
        .refine(([name = '']) => name !== '', { error: 'expected a command and its words, such as ["python3", "train.py"]' }),
      env: variables.optional(),
    }),
    z.strictObject({ kind: z.literal('docker') }),
  ],
  { error: 'expected an object with kind function, process or docker' },
) satisfies z.ZodType<ExecutorSettings>;

const ABSOLUTE = 'an absolute path without .., // and / at its end';
const absolute = z.string().refine(isAbsolute, { error: `expected ${ABSOLUTE}` });

const docker = z.strictObject({
  socketPath: absolute.optional(),
  requireDigest: z.boolean().optional(),
  network: z
    .string()
    .regex(/^(?!host$)[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'expected the name of a network; not that of the machine itself' })
    .optional(),
  pids: z.number().int().min(1).optional(),
  pull: z.boolean().optional(),
});

const known = z.record(z.string().min(1), z.string().min(1));

/** Secrets, or a function; the union of both would only say "invalid input". */
const secrets = z.unknown().transform((given, context): NonNullable<PipelineSettings['secrets']> => {
  if (typeof given === 'function') return given as (ref: string) => Promise<string>;
  const found = known.safeParse(given);
  if (found.success) return found.data;
  for (const issue of found.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});

/** What a worker knows of pipelines. */
const pipelineSettingsSchema = z.strictObject({
  executors: record(isImageKey, IMAGE_KEY, executor).optional(),
  docker: docker.optional(),
  secrets: secrets.optional(),
  paths: record(isAbsolute, ABSOLUTE, absolute).optional(),
  folder: absolute.optional(),
}) satisfies z.ZodType<PipelineSettings>;

/**
 * Checks what a worker is told of pipelines.
 * @throws SchemaError with path and what is accepted; secrets and variables are not repeated in it
 */
export function parsePipelineSettings(value: unknown): PipelineSettings {
  try {
    return parseWith(pipelineSettingsSchema, value, 'pipelines');
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new SchemaError(error.what, error.issues.map(withoutSecrets));
  }
}

/** What stands beside a wrong key may be a secret as well. */
function withoutSecrets(issue: SchemaIssue): SchemaIssue {
  const { path, code } = issue;
  const isSecret = path.startsWith('secrets') || path === 'executors' || /\.env(?:\.|$)/.test(path);
  return isSecret || code === 'invalid_key' ? { ...issue, value: '(not shown)' } : issue;
}

function isImageKey(key: string): boolean {
  return handlerSchema.shape.image.safeParse(key.endsWith('/*') ? `${key.slice(0, -1)}any` : key).success;
}

function isAbsolute(path: string): boolean {
  return /^(?:\/|(?:\/[^/\0]+)+)$/.test(path) && !path.split('/').some((part) => part === '..' || part === '.');
}
