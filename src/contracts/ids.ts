/** The one place where workflow ids are built and names are checked. */

/** What a model, environment, trainer or experiment may be called. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** `NAME_PATTERN` in words, for error messages. */
export const NAME_RULE = 'letters, digits, dot, underscore and hyphen, 1 to 64, starting with a letter or digit';

/** Experiment ids are built from two names and a number, so they may be longer. */
export const EXPERIMENT_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,159}$/;

/** A model in an environment: what is monitored, deployed and retrained as one. */
export interface ModelTarget {
  readonly model: string;
  readonly environment: string;
}

/** The default environment of every call that takes one. */
export const DEFAULT_ENVIRONMENT = 'production';

/**
 * Workflow ids, by type.
 * @example workflowIds.monitor({ model: 'bike', environment: 'production' }) // 'monitor:bike:production'
 */
export const workflowIds = {
  monitor: (target: ModelTarget): string => `monitor:${target.model}:${target.environment}`,
  retraining: (target: ModelTarget): string => `retrain:${target.model}:${target.environment}`,
  deployment: (target: ModelTarget): string => `deployment:${target.model}:${target.environment}`,
  experiment: (id: string): string => `experiment:${id}`,
  impact: (model: string): string => `impact:${model}`,
  pipeline: (name: string, run: string): string => `pipeline:${name}:${run}`,
  /** Of a schedule, and of its runs: the server appends the nominal time to theirs. */
  pipelineSchedule: (name: string): string => `pipeline:${name}`,
  outcomes: (batchId: string): string => `outcomes:${batchId}`,
  predictions: (batchId: string): string => `predictions:${batchId}`,
} as const;

/** The id of the k-th experiment (k ≥ 1) of a model in an environment. */
export function experimentId(target: ModelTarget, k: number): string {
  return `${target.model}.${target.environment}.${k}`;
}

/** A version as people and stores write it: `bike@3`. */
export function versionName(model: string, version: number): string {
  return `${model}@${version}`;
}

/** Who a retraining is where it claims what it stores: keys are a user's own, and may repeat from model to model. */
export function retrainingOwner({ model, environment, key }: ModelTarget & { readonly key: string }): string {
  return `${model}:${environment}/${key}`;
}
