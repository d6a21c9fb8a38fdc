import type { PipelineSettings, StageExecutor } from '../../contracts';

/** What carries out images on this worker, and what stages may be given. */
export interface Images {
  /** Null where no executor is mapped. */
  executorOf(image: string): StageExecutor | null;
  /** The images, repositories and prefixes that are mapped, for messages. */
  readonly known: readonly string[];
  /** @throws Error for a reference that is not known */
  secret(ref: string): Promise<string>;
  /** Where an input by `path` lies on this machine, or null where the worker was told of none. */
  hostPath(path: string): string | null;
  /** Where stages work. */
  readonly folder: string;
}

/** @throws SchemaError for settings that do not hold */
export function createImages(_settings: PipelineSettings = {}): Images {
  return {
    executorOf: () => null,
    known: [],
    secret: () => Promise.reject(new Error('not built yet')),
    hostPath: () => null,
    folder: '',
  };
}
