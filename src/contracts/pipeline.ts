import type { RolloutStrategy } from './rollout';
import type { Duration } from './time';

/** What a pipeline may have at most. */
export const PIPELINE_LIMITS = {
  stages: 500,
  /** Stages (and items of a fan-out) that run at once, whatever the pipeline asks for. */
  parallelism: 200,
  parameters: 100,
  inputs: 50,
  outputs: 50,
  dependsOn: 100,
  hyperparameters: 100,
  /** Values of a list among the hyperparameters. */
  values: 100,
  rules: 50,
  secrets: 50,
  /** Items of a fan-out. */
  items: 200,
  command: 100,
  attempts: 20,
  /** Characters of a text. */
  text: 2_000,
  /** Errors that are told at once. */
  errors: 50,
} as const;

/** What a template may have at most. */
export const TEMPLATE_LIMITS = {
  /** Parts of all its expressions. */
  nodes: 200,
  /** Parts of all conditions of a pipeline together: they travel with every run. */
  conditions: 5_000,
  /** Brackets and `not` inside one another. */
  depth: 16,
  /** Days that `.AddDays` may go, either way. */
  days: 36_600,
} as const;

/** What a stage, an input, an output, a parameter or a metric may be called: no dot, for `from` and templates use it. */
export const PIPELINE_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** `PIPELINE_NAME_PATTERN` in words. */
export const PIPELINE_NAME_RULE = 'letters, digits, underscore and hyphen, 1 to 64, starting with a letter or digit';

/** A value of a parameter, an input or a hyperparameter. Texts of inputs and hyperparameters may hold templates. */
export type PipelineValue = string | number | boolean;

/** What a stage is given: one of `value`, `from` and `path`. */
export interface PipelineInput {
  readonly name: string;
  readonly value?: PipelineValue | undefined;
  /** `stage.output`: an output of another stage, which so becomes upstream. */
  readonly from?: string | undefined;
  /** What is there already, by its path. */
  readonly path?: string | undefined;
}

/** What a stage leaves behind. */
export interface PipelineOutput {
  readonly name: string;
  readonly path: string;
}

/** What a stage needs. */
export interface PipelineResources {
  /** Cores in thousandths. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Whole devices; one or more are run on the queue for GPUs. */
  readonly gpu: number;
}

/** Which side of its threshold a metric must be on; the threshold itself is good. */
export type RuleDirection = 'higher-is-better' | 'lower-is-better';

/** A gate on a metric of the stage itself: it fails when the metric is worse than its threshold or is missing. */
export interface ValidationRule {
  readonly metric: string;
  readonly threshold: number;
  readonly direction?: RuleDirection | undefined;
}

/** How often and when a stage that failed is tried again. */
export interface PipelineRetry {
  /** The first one counts. */
  readonly attempts: number;
  readonly interval: Duration;
  readonly backoff: number;
}

/** What is run beside the stages: to undo one, or when the run fails. */
export interface PipelineHandler {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly timeout: Duration;
}

/** A secret that the worker knows by its reference, as an environment variable; its value is never in a pipeline. */
export interface PipelineSecret {
  readonly name: string;
  readonly ref: string;
}

/** A stage as it is declared, with its defaults. */
export interface PipelineStage {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly resources: PipelineResources;
  readonly inputs: readonly PipelineInput[];
  readonly outputs: readonly PipelineOutput[];
  readonly dependsOn: readonly string[];
  readonly hyperparameters: Readonly<Record<string, PipelineValue | readonly PipelineValue[]>>;
  readonly validationRules: readonly ValidationRule[];
  /** A template that is a boolean; the stage is skipped where it is false. */
  readonly condition?: string | undefined;
  /** Lets the input `model` serve. */
  readonly deployment?:
    | { readonly strategy: RolloutStrategy; readonly environment: string; readonly model?: string | undefined }
    | undefined;
  readonly retry: PipelineRetry;
  /** Of one attempt. */
  readonly timeout: Duration;
  /** A result for the same inputs, image, command and hyperparameters is used again while it is not older. */
  readonly cache?: { readonly maxAge: Duration } | undefined;
  /** The run goes on as if the stage had succeeded; its `.Failed` is true. */
  readonly allowFailure: boolean;
  /** Waits for a person, as long as it takes or as is said. */
  readonly approval?: { readonly message: string; readonly timeout?: Duration | undefined } | undefined;
  /** Runs once for each item, which templates of the stage know as `.Item`. */
  readonly forEach?: { readonly items: readonly PipelineValue[] } | undefined;
  /** Undoes the stage, once it has succeeded, when the run fails later. */
  readonly compensate?: PipelineHandler | undefined;
  readonly secrets: readonly PipelineSecret[];
}

/** A pipeline as it is declared, with its defaults. */
export interface PipelineSpec {
  readonly apiVersion: 'ml/v1';
  readonly kind: 'MLPipeline';
  readonly metadata: { readonly name: string; readonly description?: string | undefined };
  readonly spec: {
    /** Cron, five fields, in `timezone`. */
    readonly schedule?: string | undefined;
    /** A name of the IANA database. */
    readonly timezone: string;
    /** Names and defaults; the default's type is the parameter's. */
    readonly parameters: Readonly<Record<string, PipelineValue>>;
    /** Stages that run at once, at most. */
    readonly parallelism: number;
    readonly stages: readonly PipelineStage[];
    /** Runs once when the run has failed and what can be undone is undone. */
    readonly onFailure?: PipelineHandler | undefined;
  };
}
