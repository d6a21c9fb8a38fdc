import type { Hyperparameter, StageContext } from './model';

/** Where everything of ours lies, as a stage sees it: inputs, the folder it works in, what it is told, its metrics. */
export const STAGE_PATHS = {
  root: '/loopwright',
  inputs: '/loopwright/inputs',
  /** The working folder; outputs with a relative path are written there. */
  work: '/loopwright/work',
  /** What the stage is told, as JSON (`StageTold`). */
  told: '/loopwright/stage.json',
  /** Where the stage may leave its metrics: a JSON object of numbers by name. */
  metrics: '/loopwright/metrics.json',
} as const;

/** What a stage may leave at most. */
export const STAGE_LIMITS = {
  metrics: 200,
  metricsBytes: 64 * 1024,
  /** Of one attempt; what comes after is left out, and the log says so. */
  logBytes: 64 * 1024 * 1024,
  /** Characters of the end of a log that a failure carries. */
  tail: 2_000,
  /** Files of one output. */
  files: 10_000,
} as const;

/** A value of a stage's input, or the path at which it lies as the stage sees it. */
export type StageInput = { readonly value: string | number | boolean } | { readonly path: string };

/** What a stage is told, in `stage.json` and as environment variables `LOOPWRIGHT_…`; paths are as the stage sees them. */
export interface StageTold {
  readonly pipeline: string;
  /** The run's id. */
  readonly run: string;
  readonly stage: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The run's day in the pipeline's zone, `2006-01-02`; not told to a stage with a cache, nor are the parameters. */
  readonly date?: string | undefined;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Of a fan-out: the item and its place from 0. */
  readonly item?: { readonly index: number; readonly value: string | number | boolean } | undefined;
  readonly inputs: Readonly<Record<string, StageInput>>;
  /** Where each output is to be written. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter | readonly Hyperparameter[]>>;
  /** Of a handler: what it is run for, and how the stage it undoes ended. */
  readonly handles?: { readonly kind: 'compensate' | 'failure'; readonly outcome: 'succeeded' | 'failed' } | undefined;
}

/** A folder or file of this machine that a container sees under a path. */
export interface StageMount {
  readonly host: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** One attempt of a stage, ready to be carried out. */
export interface StageJob {
  /** Unique for the attempt; names containers and folders: letters, digits, hyphen. */
  readonly id: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly told: StageTold;
  /** `LOOPWRIGHT_…` variables; secrets are apart. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that must never be logged, by the name of their variable. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The folder of this machine that stands for `/`: `STAGE_PATHS` and the pipeline's own absolute paths lie under it. */
  readonly root: string;
  /** What a container sees of this machine, outer paths before inner ones. */
  readonly mounts: readonly StageMount[];
  readonly resources: { readonly cpu: number; readonly memory: number; readonly gpu: number };
  /** Takes what the stage writes to its output and error streams. */
  readonly log: (chunk: Uint8Array | string) => void;
}

/** How an attempt ended. 0 is good. */
export interface StageExit {
  readonly code: number;
  /** Why, where the code alone does not say: `killed by SIGKILL`, `out of memory (4 GiB)`. */
  readonly reason?: string | undefined;
}

/** What carries out stages: a function of the worker, a process beside it, a container; later a job of Kubernetes. */
export interface StageExecutor {
  readonly kind: 'function' | 'process' | 'docker';
  /** Whether the pipeline's paths stand as they are; otherwise they lie under the job's root. */
  readonly contained: boolean;
  /** What a result depends on beside the job, for the cache: a function's version, a command, an image's digest. */
  version(image: string): Promise<string>;
  /**
   * Carries out one attempt. When `context.signal` is aborted it ends what runs and leaves nothing behind.
   * @throws what a function throws; an executor that cannot begin, with what to do about it
   */
  run(job: StageJob, context: StageContext): Promise<StageExit>;
}

/** The call of a function that carries out a stage. */
export interface StageCall extends StageTold {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** The folder it may work in. */
  readonly folder: string;
  /** Writes a line of the log. */
  log(line: string): void;
}

/**
 * A stage as a function of the worker.
 * @returns metrics by name; or it writes them to the metrics file like any other stage
 * @example
 * async ({ inputs, outputs, hyperparameters }) => {
 *   await writeFile(outputs.model!, await train(inputs.rows, hyperparameters));
 *   return { metrics: { auc: 0.91 } };
 * }
 */
export type StageFunction = (
  call: StageCall,
  context: StageContext,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- one that returns nothing on one of its ways is fine
) => Promise<{ readonly metrics?: Readonly<Record<string, number>> | undefined } | void>;

/** How an image is carried out by a worker. */
export type ExecutorSettings =
  /** A function of the worker; `version` is part of the cache's key. */
  | { readonly kind: 'function'; readonly version: string; readonly run: StageFunction }
  /** A command of the worker's machine, without a shell; the stage's `command` and `args` follow it. */
  | {
      readonly kind: 'process';
      readonly command: readonly string[];
      readonly env?: Readonly<Record<string, string>> | undefined;
    }
  /** The image itself, in a container. */
  | { readonly kind: 'docker' };

/** How containers are run. */
export interface DockerSettings {
  /** Docker's or Podman's socket. Default `/var/run/docker.sock`. */
  readonly socketPath?: string | undefined;
  /** Images must name their digest (`@sha256:…`). Default false. */
  readonly requireDigest?: boolean | undefined;
  /** Default `none`. */
  readonly network?: string | undefined;
  /** Processes of one container, at most. Default 256. */
  readonly pids?: number | undefined;
  /** Whether an image that is not there may be pulled. Default false. */
  readonly pull?: boolean | undefined;
}

/** What a worker knows of pipelines; a pipeline itself never says what carries it out. */
export interface PipelineSettings {
  /**
   * By image: `team/trainer:v1` (that tag alone), `team/trainer` (any tag) or `team/*` (any repository below). The most
   * exact one holds; an image that none holds for is refused.
   */
  readonly executors?: Readonly<Record<string, ExecutorSettings>> | undefined;
  readonly docker?: DockerSettings | undefined;
  /** Secrets by reference. */
  readonly secrets?: Readonly<Record<string, string>> | ((ref: string) => Promise<string>) | undefined;
  /** Where inputs by `path` lie on this machine: `{ '/data/validation': '/srv/validation' }`; what lies below comes too. */
  readonly paths?: Readonly<Record<string, string>> | undefined;
  /** Where stages work. Default: the system's folder for temporary files. */
  readonly folder?: string | undefined;
}
