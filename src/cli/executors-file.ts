import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { PipelineSettings } from '../contracts';
import { parsePipelineSettings, SchemaError } from '../schemas';
import { parseYamlWith } from '../schemas/yaml';

/** A file names commands, never functions. */
const fileSchema = z.record(z.string(), z.unknown()).superRefine((settings, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [image, how] of Object.entries(Object(settings.executors) as object)) {
    if ((how as { kind?: unknown } | null)?.kind === 'function')
      refuse(['executors', image, 'kind'], 'expected process or docker: functions are given to LoopwrightPlugin');
  }
});

/**
 * What a worker knows of pipelines, from YAML or JSON: `executors`, `docker`, `paths`, `folder`. What begins with `./` in
 * it lies beside the file.
 * @throws Error, YamlError or SchemaError naming the file, the path and what is accepted
 */
export async function readExecutors(file: string): Promise<PipelineSettings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  });
  const settings = parseYamlWith(fileSchema, text, file);
  // Told without their values.
  if (Object.hasOwn(settings, 'secrets'))
    throw new Error(
      `${file}: secrets: expected none in a file, a worker takes them from LOOPWRIGHT_SECRET_… variables`,
    );
  try {
    return parsePipelineSettings(beside(dirname(resolve(file)), settings));
  } catch (error) {
    throw error instanceof SchemaError ? new SchemaError(file, error.issues) : error;
  }
}

function beside(folder: string, value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('./') ? resolve(folder, value) : value;
  if (Array.isArray(value)) return value.map((each) => beside(folder, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, beside(folder, each)]));
}
