import type { Expression, PlannedStage } from '../contracts';
import { evaluate } from './template';
import type { TemplateFacts } from './template';

/** Whether a stage may run, once all it needs have ended; otherwise why not. */
export type Gate = { readonly gate: 'run' } | { readonly gate: 'skip' | 'fail'; readonly reason: string };

/**
 * A need must have succeeded, or have failed and be allowed to, unless the condition itself asks how it ended. The
 * condition must be true; one that cannot be known, for a metric was not reported, fails the stage.
 * @param allowed names of the stages that may fail
 */
export function gateOf(
  stage: Pick<PlannedStage, 'condition' | 'needs'>,
  allowed: ReadonlySet<string>,
  facts: TemplateFacts,
): Gate {
  const asked = stage.condition === null ? new Set<string>() : statesIn(stage.condition);
  for (const need of stage.needs) {
    const outcome = Object.hasOwn(facts.stages, need) ? facts.stages[need]!.outcome : null;
    if (outcome === null) return { gate: 'fail', reason: `${need} has not ended` };
    const fine = outcome === 'succeeded' || (outcome === 'failed' && allowed.has(need)) || asked.has(need);
    if (!fine) return { gate: 'skip', reason: `${need} ${outcome === 'failed' ? 'failed' : 'was skipped'}` };
  }
  if (stage.condition === null) return { gate: 'run' };
  const found = evaluate(stage.condition, facts);
  if ('unknown' in found)
    return { gate: 'fail', reason: `the condition asks for ${found.unknown}, which is not known` };
  return found.value === true ? { gate: 'run' } : { gate: 'skip', reason: 'the condition is false' };
}

/** Rules that a stage's metrics break, in words; a metric that is missing or no number breaks its rule. */
export function brokenRules(
  rules: PlannedStage['validationRules'],
  metrics: Readonly<Record<string, number>>,
): readonly string[] {
  return rules.flatMap(({ metric, threshold, direction }) => {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (value === undefined || !Number.isFinite(value)) return [`${metric} was not reported`];
    const higher = direction === 'higher-is-better';
    if (higher ? value >= threshold : value <= threshold) return [];
    return [`${metric} is ${value}, expected at ${higher ? 'least' : 'most'} ${threshold}`];
  });
}

/** Stages of which an expression asks how they ended. */
export function statesIn(expression: Expression): Set<string> {
  if (expression.kind === 'state') return new Set([expression.stage]);
  if (expression.kind === 'not') return statesIn(expression.of);
  if (!('left' in expression)) return new Set();
  return new Set([...statesIn(expression.left), ...statesIn(expression.right)]);
}
