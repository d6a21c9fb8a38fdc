import type { Expression, PipelineIssue, PipelineSpec, PipelineStage, PipelineValue, PlannedValue } from '../contracts';
import type { PipelineGraph } from './pipeline-graph';
import { at } from './pipeline-graph';
import type { PipelineIssues } from './pipeline-issues';
import { didYouMean } from './suggest';
import { TemplateError } from './template-lexer';
import { parseTemplate } from './template-parser';
import { typeOf, typeOfTemplate, typeOfValue } from './template-types';
import type { StageReference, TemplateScope, ValueType, Wrong } from './template-types';

/** Reads the leaves of one stage that may hold templates, and tells what is wrong with them. */
export interface Leaves {
  readonly value: (value: PipelineValue, path: PipelineIssue['path']) => PlannedValue;
  readonly condition: (text: string, path: PipelineIssue['path']) => Expression;
}

/** @param place the stage's, in the file */
export function leavesOf({ spec }: PipelineSpec, place: number, graph: PipelineGraph, issues: PipelineIssues): Leaves {
  const scope = scopeOf(spec, place, graph);
  const broken: Expression = { kind: 'literal', value: false };
  return {
    value: (value, path) => {
      if (typeof value !== 'string' || !value.includes('{{') || issues.full) return { value };
      const template = attempt(() => parseTemplate(value), path, issues);
      if (template === null) return { value };
      tell(typeOfTemplate(template, scope), path, issues);
      return { template };
    },
    condition: (text, path) => {
      const template = issues.full ? null : attempt(() => parseTemplate(text.trim()), path, issues);
      if (template === null) return broken;
      const [part, ...more] = template.parts;
      if (part === undefined || typeof part === 'string' || more.length > 0) {
        issues.add(path, 'expected one expression in double braces, such as {{ .Stages.name.Success }}');
        return broken;
      }
      const type = typeOf(part, scope);
      if (!tell(type, path, issues) && type !== 'boolean')
        issues.add(path, `expected a condition that is true or false, this is a ${type as ValueType}`);
      return part;
    },
  };
}

function attempt<T>(read: () => T, path: PipelineIssue['path'], issues: PipelineIssues): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    issues.add(path, `at character ${error.at}: ${error.message}`);
    return null;
  }
}

function tell(type: ValueType | Wrong, path: PipelineIssue['path'], issues: PipelineIssues): boolean {
  if (typeof type !== 'object') return false;
  issues.add(path, type.wrong);
  return true;
}

function scopeOf(spec: PipelineSpec['spec'], place: number, graph: PipelineGraph): TemplateScope {
  const { parameters, stages } = spec;
  const { forEach } = stages[place]!;
  return {
    param: (name) => {
      if (Object.hasOwn(parameters, name)) return typeOfValue(parameters[name]);
      return { wrong: `unknown parameter ${JSON.stringify(name)}, ${didYouMean(name, Object.keys(parameters))}` };
    },
    item: () =>
      forEach === undefined
        ? { wrong: 'expected forEach on a stage that speaks of .Item' }
        : typeOfValue(forEach.items[0]),
    stage: (reference) => wrongStage(reference, stages, place, graph),
  };
}

function wrongStage(
  reference: StageReference,
  stages: readonly PipelineStage[],
  place: number,
  graph: PipelineGraph,
): Wrong | null {
  const name = JSON.stringify(reference.stage);
  const known = stages.map((stage) => stage.name);
  const found = known.indexOf(reference.stage);
  if (found < 0) return { wrong: `unknown stage ${name}, ${didYouMean(reference.stage, known)}` };
  if (found === place) return { wrong: 'expected another stage: nothing is known of this one before it runs' };
  if (!graph.isUpstream(found, place))
    return { wrong: `expected a stage upstream of this one, ${name} may end later: add it to dependsOn` };
  return reference.kind === 'state' ? null : wrongOutput(reference, stages[found]!);
}

function wrongOutput(reference: StageReference, stage: PipelineStage): Wrong | null {
  const name = JSON.stringify(stage.name);
  if (stage.forEach !== undefined)
    return { wrong: `expected .Success, .Failed or .Skipped: ${name} runs once for each item and has no single value` };
  if (reference.kind !== 'output') return null;
  const outputs = stage.outputs.map((output) => output.name);
  if (outputs.includes(reference.output)) return null;
  return {
    wrong: `unknown output ${JSON.stringify(reference.output)} of ${name}, ${didYouMean(reference.output, outputs)}`,
  };
}

/** The stage and the output that `from` names, or null where that is wrong and has been told. */
export function sourceOf(
  from: string,
  stages: readonly PipelineStage[],
  place: number,
  input: number,
  issues: PipelineIssues,
): { readonly stage: string; readonly output: string } | null {
  const path = at(place, 'inputs', input, 'from');
  const [name, output, ...more] = from.split('.');
  if (output === undefined || more.length > 0) {
    issues.add(path, 'expected stage.output, such as training.model');
    return null;
  }
  const stage = stages.find((one) => one.name === name);
  // An unknown stage has been told with the edges.
  if (stage === undefined) return null;
  const outputs = stage.outputs.map((one) => one.name);
  if (!outputs.includes(output))
    issues.add(
      path,
      () => `unknown output ${JSON.stringify(output)} of ${JSON.stringify(name)}, ${didYouMean(output, outputs)}`,
    );
  return { stage: stage.name, output };
}
