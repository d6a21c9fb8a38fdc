import type { CompiledPipeline, Expression, PlannedStage, PlannedValue, RunStage } from '../contracts';
import { expressionsIn } from './pipeline-conditions';
import { durationMs } from './time';

/** What conditions ask of a stage, by name. */
export interface AskedOfStage {
  readonly metrics: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

/** How often a stage is run: once, or once for each item. */
export function unitsOf({ forEach }: Pick<PlannedStage, 'forEach'>): number {
  return forEach?.items.length ?? 1;
}

/** The model that a deployment stage registers versions of: the one it names, else the pipeline's name. */
export function deployedModel(pipeline: string, stage: Pick<PlannedStage, 'deployment'>): string {
  return stage.deployment?.model ?? pipeline;
}

/** What a workflow has to know of the stages, in the order of the plan. */
export function runStagesOf({ name: pipeline, stages }: CompiledPipeline): RunStage[] {
  return stages.map((stage): RunStage => {
    const { name, needs, condition, resources, timeout, retry, allowFailure, approval, compensate, deployment } = stage;
    return {
      ...{ name, needs, condition, units: unitsOf(stage), gpu: resources.gpu > 0, timeoutMs: durationMs(timeout) },
      retry: { attempts: retry.attempts, intervalMs: durationMs(retry.interval), backoff: retry.backoff },
      ...(allowFailure ? { allowFailure } : {}),
      ...(approval === undefined
        ? {}
        : {
            approval: {
              message: approval.message,
              ...(approval.timeout === undefined ? {} : { timeoutMs: durationMs(approval.timeout) }),
            },
          }),
      ...(compensate === undefined ? {} : { compensateMs: durationMs(compensate.timeout) }),
      ...(deployment === undefined
        ? {}
        : {
            deployment: {
              model: deployedModel(pipeline, stage),
              environment: deployment.environment,
              strategy: deployment.strategy,
            },
          }),
    };
  });
}

/** What the conditions of a pipeline ask of its stages, by the stage's name. */
export function askedOf({ stages }: Pick<CompiledPipeline, 'stages'>): ReadonlyMap<string, AskedOfStage> {
  const asked = new Map<string, { readonly metrics: Set<string>; readonly outputs: Set<string> }>();
  for (const { condition } of stages) {
    for (const expression of condition === null ? [] : expressionsIn(condition)) {
      if (expression.kind !== 'metric' && expression.kind !== 'output') continue;
      const of = asked.get(expression.stage) ?? { metrics: new Set(), outputs: new Set() };
      asked.set(expression.stage, of);
      if (expression.kind === 'metric') of.metrics.add(expression.metric);
      else of.outputs.add(expression.output);
    }
  }
  return asked;
}

/** Stages that a stage's inputs and hyperparameters speak of, or take an output of. */
export function sourcesOf({ inputs, hyperparameters }: PlannedStage): ReadonlySet<string> {
  const taken = inputs.flatMap((input) => (input.kind === 'output' ? [input.stage] : []));
  const values = inputs.flatMap((input) => (input.kind === 'value' ? [input.value] : []));
  const spoken = [...values, ...Object.values(hyperparameters).flat()].flatMap((value) => {
    return templatesOf(value).flatMap((one) =>
      expressionsIn(one).flatMap((part) => ('stage' in part ? [part.stage] : [])),
    );
  });
  return new Set([...taken, ...spoken]);
}

function templatesOf(value: PlannedValue): readonly Expression[] {
  return 'template' in value ? value.template.parts.filter((part) => typeof part !== 'string') : [];
}
