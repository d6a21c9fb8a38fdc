import { tmpdir } from 'node:os';
import type { ExecutorSettings, PipelineSettings, StageExecutor } from '../../contracts';
import { parsePipelineSettings } from '../../schemas';
import { createDockerExecutor } from './docker';
import { ExecutorError } from './errors';
import { createFunctionExecutor } from './function';
import { keyOf } from './match';
import { hostPathOf } from './paths';
import { createProcessExecutor } from './process';

export { watch } from './children';
export type { Left } from './children';
export { ExecutorError } from './errors';
export { redacted, redacting } from './redact';
export type { Redacting } from './redact';

/** What carries out images on this worker, and what stages may be given. */
export interface Images {
  /** Null where no executor is mapped. */
  executorOf(image: string): StageExecutor | null;
  /** The images, repositories and prefixes that are mapped, for messages. */
  readonly known: readonly string[];
  /** @throws ExecutorError for a reference that is not known */
  secret(ref: string): Promise<string>;
  /**
   * Where an input by `path` lies on this machine, or null where the worker was told of none.
   * @throws ExecutorError for a path that leads out of the folder it is mapped to
   */
  hostPath(path: string): string | null;
  /** Where stages work. */
  readonly folder: string;
}

/** @throws SchemaError for settings that do not hold */
export function createImages(given: PipelineSettings = {}): Images {
  const { executors = {}, docker, secrets = {}, paths = {}, folder = tmpdir() } = parsePipelineSettings(given);
  const container = createDockerExecutor(docker);
  const mapped = new Map(Object.entries(executors).map(([key, how]) => [key, executorFor(how, container)]));
  const known = [...mapped.keys()];
  return {
    executorOf: (image) => mapped.get(keyOf(image, known) ?? '') ?? null,
    known,
    secret: (ref) => secretOf(ref, secrets),
    hostPath: (path) => hostPathOf(path, paths),
    folder,
  };
}

function executorFor(how: ExecutorSettings, container: StageExecutor): StageExecutor {
  if (how.kind === 'function') return createFunctionExecutor(how);
  return how.kind === 'process' ? createProcessExecutor(how) : container;
}

async function secretOf(ref: string, secrets: NonNullable<PipelineSettings['secrets']>): Promise<string> {
  if (typeof secrets !== 'function') {
    if (Object.hasOwn(secrets, ref)) return secrets[ref]!;
    const known = Object.keys(secrets).join(', ') || 'none';
    throw new ExecutorError(`the secret ${ref} is not known to this worker: expected one of ${known}`, true);
  }
  const value: unknown = await secrets(ref);
  if (typeof value === 'string') return value;
  throw new ExecutorError(`the secret ${ref} is ${typeof value}: expected the worker's function to give a text`, true);
}
