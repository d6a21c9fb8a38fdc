import { STAGE_PATHS } from '../contracts';
import type { PipelineIssue, PipelineStage } from '../contracts';
import { at } from './pipeline-graph';
import type { PipelineIssues } from './pipeline-issues';
import { liesIn, plainPath, variableOf } from './pipeline-variables';

/** Names of a stage that stand twice, or that become one variable; paths that stand twice or inside one another. */
export function checkNames(stage: PipelineStage, place: number, issues: PipelineIssues): void {
  const { inputs, outputs, dependsOn, validationRules, secrets, hyperparameters } = stage;
  const names = (field: string, list: readonly { readonly name: string }[]) =>
    issues.unique(
      list.map(({ name }) => name),
      (k) => at(place, field, k, 'name'),
      `names of ${field}`,
    );
  names('inputs', inputs);
  names('outputs', outputs);
  names('secrets', secrets);
  const variables = (field: string, list: readonly { readonly name: string }[]) =>
    checkVariables(
      list.map(({ name }) => name),
      (k) => at(place, field, k, 'name'),
      issues,
    );
  variables('inputs', inputs);
  variables('outputs', outputs);
  const keys = Object.keys(hyperparameters);
  checkVariables(keys, (k) => at(place, 'hyperparameters', keys[k]!), issues);
  issues.unique(dependsOn, (k) => at(place, 'dependsOn', k), 'stages');
  const rules = validationRules.map(({ metric, direction }) => `${metric} ${direction ?? 'higher-is-better'}`);
  issues.unique(rules, (k) => at(place, 'validationRules', k, 'metric'), 'metrics in one direction');
  checkPaths(stage, place, issues);
}

/** A stage finds what it is given under variables, where capitals, hyphens and underscores are lost. */
export function checkVariables(
  names: readonly string[],
  pathOf: (index: number) => PipelineIssue['path'],
  issues: PipelineIssues,
): void {
  const seen = new Map<string, string>();
  names.forEach((name, index) => {
    const variable = variableOf(name);
    const before = seen.get(variable);
    if (before !== undefined && before !== name)
      issues.add(pathOf(index), `expected names that differ as variables: "${before}" is ${variable} as well`);
    if (before === undefined) seen.set(variable, name);
  });
}

/** What lies under our own folder, or an output inside another, could not be told apart. */
function checkPaths({ inputs, outputs }: PipelineStage, place: number, issues: PipelineIssues): void {
  const paths = outputs.map(({ path }) => plainPath(path));
  issues.unique(paths, (k) => at(place, 'outputs', k, 'path'), 'paths');
  paths.forEach((path, k) => {
    const outer = paths.find((other) => other !== path && liesIn(path, other));
    if (outer !== undefined)
      issues.add(
        at(place, 'outputs', k, 'path'),
        `expected a path that is not inside another output's: ${outer || '.'}`,
      );
  });
  const reserve = (path: string, where: PipelineIssue['path']) => {
    if (path === '/' || liesIn(path, STAGE_PATHS.root))
      issues.add(where, `expected a path below / and outside ${STAGE_PATHS.root}, which holds what the stage is told`);
  };
  paths.forEach((path, k) => reserve(path, at(place, 'outputs', k, 'path')));
  inputs.forEach(({ path }, k) => {
    if (path !== undefined) reserve(plainPath(path), at(place, 'inputs', k, 'path'));
  });
}
