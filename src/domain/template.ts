import type { Expression, PipelineValue, PlannedValue, Template } from '../contracts';
import { addDays, formatDay } from './calendar';

/** How a stage ended. */
export type StageOutcome = 'succeeded' | 'failed' | 'skipped';

/** What is known of a stage that has ended. */
export interface StageFacts {
  readonly outcome: StageOutcome;
  /** Addresses of outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What templates are evaluated with. */
export interface TemplateFacts {
  /** The run's day in the pipeline's zone. */
  readonly day: string;
  readonly params: Readonly<Record<string, PipelineValue>>;
  /** Stages that have ended, by name. */
  readonly stages: Readonly<Record<string, StageFacts>>;
  /** Of a fan-out. */
  readonly item?: PipelineValue | undefined;
}

/** A value, or the first thing that is not known: a stage that has not ended, a metric that was not reported. */
export type Evaluated = { readonly value: PipelineValue } | { readonly unknown: string };

/**
 * Evaluates an expression. `and` and `or` are decided by the side that is known where that is enough; an unknown side
 * makes everything else unknown, so that a metric nobody reported lets nothing pass, nor its negation.
 */
export function evaluate(expression: Expression, facts: TemplateFacts): Evaluated {
  switch (expression.kind) {
    case 'literal':
      return { value: expression.value };
    case 'date':
      return { value: formatDay(addDays(facts.day, expression.days), expression.layout ?? '2006-01-02') };
    case 'param':
      return known(facts.params, expression.name, `.Params.${expression.name}`);
    case 'item':
      return facts.item === undefined ? { unknown: '.Item' } : { value: facts.item };
    case 'state':
    case 'output':
    case 'metric':
      return ofStage(expression, facts);
    case 'not': {
      const of = evaluate(expression.of, facts);
      return 'unknown' in of ? of : { value: of.value !== true };
    }
    case 'and':
    case 'or':
      return logical(expression.kind === 'or', expression.left, expression.right, facts);
    case 'compare':
      return compared(expression, facts);
  }
}

/** The value of a template; what its expressions stand for is put in once and never looked at again. */
export function render({ parts }: Template, facts: TemplateFacts): Evaluated {
  const values = parts.map((part) => (typeof part === 'string' ? { value: part } : evaluate(part, facts)));
  const missing = values.find((value) => 'unknown' in value);
  if (missing !== undefined) return missing;
  const found = values.map((value) => (value as { readonly value: PipelineValue }).value);
  return { value: found.length === 1 ? found[0]! : found.map(String).join('') };
}

/** The value of a leaf. */
export function valueOf(planned: PlannedValue, facts: TemplateFacts): Evaluated {
  return 'template' in planned ? render(planned.template, facts) : planned;
}

const OUTCOMES = { Success: 'succeeded', Failed: 'failed', Skipped: 'skipped' } as const;

function ofStage(expression: Extract<Expression, { readonly stage: string }>, { stages }: TemplateFacts): Evaluated {
  const path = `.Stages.${expression.stage}`;
  const stage = Object.hasOwn(stages, expression.stage) ? stages[expression.stage] : undefined;
  if (stage === undefined) return { unknown: path };
  if (expression.kind === 'state') return { value: stage.outcome === OUTCOMES[expression.state] };
  if (expression.kind === 'output')
    return known(stage.outputs, expression.output, `${path}.Outputs.${expression.output}`);
  const metric = known(stage.metrics, expression.metric, `${path}.Metrics.${expression.metric}`);
  return 'value' in metric && !Number.isFinite(metric.value)
    ? { unknown: `${path}.Metrics.${expression.metric}` }
    : metric;
}

/** A value by its name; a name such as `constructor` is not known where nobody gave it. */
function known(values: Readonly<Record<string, PipelineValue>>, name: string, path: string): Evaluated {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined ? { unknown: path } : { value };
}

function logical(decisive: boolean, left: Expression, right: Expression, facts: TemplateFacts): Evaluated {
  const sides = [evaluate(left, facts), evaluate(right, facts)];
  if (sides.some((side) => 'value' in side && side.value === decisive)) return { value: decisive };
  return sides.find((side) => 'unknown' in side) ?? { value: !decisive };
}

function compared(
  { operator, left, right }: Extract<Expression, { kind: 'compare' }>,
  facts: TemplateFacts,
): Evaluated {
  const [a, b] = [evaluate(left, facts), evaluate(right, facts)];
  if ('unknown' in a) return a;
  if ('unknown' in b) return b;
  switch (operator) {
    case '==':
      return { value: a.value === b.value };
    case '!=':
      return { value: a.value !== b.value };
    case '<':
      return { value: a.value < b.value };
    case '<=':
      return { value: a.value <= b.value };
    case '>':
      return { value: a.value > b.value };
    case '>=':
      return { value: a.value >= b.value };
  }
}
