import { METRIC_DIRECTIONS } from '../contracts';
import type {
  CompiledPipeline,
  PipelineIssue,
  PipelineSpec,
  PipelineStage,
  PipelineValue,
  PlannedInput,
  PlannedStage,
  PlannedValue,
  ValidationRule,
} from '../contracts';
import { parseCron } from './cron';
import { checkConditions } from './pipeline-conditions';
import { at, graphOf } from './pipeline-graph';
import type { PipelineGraph } from './pipeline-graph';
import { PipelineIssues } from './pipeline-issues';
import { leavesOf, sourceOf } from './pipeline-leaves';
import type { Leaves } from './pipeline-leaves';
import { checkNames, checkVariables } from './pipeline-names';
import { typeOfValue } from './template-types';

/** A pipeline that can be run, or what is wrong with it, at most `PIPELINE_LIMITS.errors` things. */
export type Compilation =
  | { readonly pipeline: CompiledPipeline; readonly issues: readonly [] }
  | { readonly pipeline: null; readonly issues: readonly PipelineIssue[] };

/** Checks what the parts of a pipeline say of each other, reads its templates and brings its stages into an order. */
export function compilePipeline(spec: PipelineSpec): Compilation {
  const issues = new PipelineIssues();
  const { stages, schedule, timezone, parameters, parallelism, onFailure } = spec.spec;
  issues.unique(
    stages.map(({ name }) => name),
    (place) => at(place, 'name'),
    'names of stages',
  );
  if (schedule !== undefined) checkSchedule(schedule, issues);
  const names = Object.keys(parameters);
  checkVariables(names, (k) => ['spec', 'parameters', names[k]!], issues);
  const graph = graphOf(stages, issues);
  // Without a graph nothing is upstream of anything, and every reference would seem wrong.
  if (graph === null) return { pipeline: null, issues: issues.found };
  const planned = stages.map((stage, place) => planStage(spec, stage, place, graph, issues));
  checkConditions(
    planned.map(({ condition }) => condition),
    issues,
  );
  if (issues.found.length > 0) return { pipeline: null, issues: issues.found };
  const pipeline = {
    name: spec.metadata.name,
    schedule: schedule ?? null,
    ...{ timezone, parameters, parallelism },
    stages: graph.order.map((place) => planned[place]!),
    edges: graph.edges,
    onFailure: onFailure ?? null,
  };
  return { pipeline, issues: [] };
}

function checkSchedule(schedule: string, issues: PipelineIssues): void {
  try {
    parseCron(schedule);
  } catch (error) {
    issues.add(['spec', 'schedule'], (error as RangeError).message);
  }
}

function planStage(
  spec: PipelineSpec,
  stage: PipelineStage,
  place: number,
  graph: PipelineGraph,
  issues: PipelineIssues,
): PlannedStage {
  checkNames(stage, place, issues);
  checkMeaning(stage, place, issues);
  const leaves = leavesOf(spec, place, graph, issues);
  const { inputs, hyperparameters, condition, dependsOn: _dependsOn, validationRules, ...rest } = stage;
  const needs = graph.order.filter((need) => graph.needs[place]!.has(need));
  return {
    ...rest,
    needs: needs.map((need) => spec.spec.stages[need]!.name),
    level: graph.levels[place]!,
    inputs: inputs.flatMap((input, k) => planInput(input, spec.spec.stages, place, k, leaves, issues)),
    hyperparameters: planHyperparameters(hyperparameters, place, leaves),
    condition: condition === undefined ? null : leaves.condition(condition, at(place, 'condition')),
    validationRules: validationRules.map((rule, k) => planRule(rule, at(place, 'validationRules', k), issues)),
  };
}

function checkMeaning({ deployment, inputs, forEach }: PipelineStage, place: number, issues: PipelineIssues): void {
  if (deployment !== undefined && inputs.find(({ name }) => name === 'model')?.from === undefined)
    issues.add(at(place, 'inputs'), 'expected an input "model" from another stage: deployment lets it serve');
  if (deployment !== undefined && forEach !== undefined)
    issues.add(at(place, 'forEach'), 'expected none beside deployment: one model serves');
  if (forEach !== undefined && new Set(forEach.items.map(typeOfValue)).size > 1)
    issues.add(at(place, 'forEach', 'items'), 'expected items of one type');
}

function planInput(
  { name, value, from, path }: PipelineStage['inputs'][number],
  stages: readonly PipelineStage[],
  place: number,
  k: number,
  leaves: Leaves,
  issues: PipelineIssues,
): PlannedInput[] {
  if (value !== undefined)
    return [{ name, kind: 'value', value: leaves.value(value, at(place, 'inputs', k, 'value')) }];
  if (path !== undefined) return [{ name, kind: 'path', path }];
  const source = sourceOf(from!, stages, place, k, issues);
  return source === null ? [] : [{ name, kind: 'output', ...source }];
}

function planHyperparameters(
  given: PipelineStage['hyperparameters'],
  place: number,
  leaves: Leaves,
): PlannedStage['hyperparameters'] {
  const plan = (value: PipelineValue, ...path: (string | number)[]): PlannedValue =>
    leaves.value(value, at(place, 'hyperparameters', ...path));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? (value as readonly PipelineValue[]).map((one, k) => plan(one, name, k))
        : plan(value as PipelineValue, name),
    ]),
  );
}

const LOWER_IS_BETTER = new Set(
  Object.entries(METRIC_DIRECTIONS).flatMap(([name, direction]) => (direction === 'lower' ? [name.toLowerCase()] : [])),
);

/** Higher is better unless it is said; of what is known to be better when lower it has to be said. */
function planRule(
  rule: ValidationRule,
  path: PipelineIssue['path'],
  issues: PipelineIssues,
): PlannedStage['validationRules'][number] {
  const { metric, direction } = rule;
  if (direction === undefined && LOWER_IS_BETTER.has(metric.toLowerCase().replace(/[_-]/g, '')))
    issues.add(
      [...path, 'direction'],
      `expected a direction: ${metric} is usually lower-is-better, the default is not`,
    );
  return { ...rule, direction: direction ?? 'higher-is-better' };
}
