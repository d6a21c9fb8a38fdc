import { TEMPLATE_LIMITS } from '../contracts';
import type { Expression } from '../contracts';
import { at } from './pipeline-graph';
import type { PipelineIssues } from './pipeline-issues';

/** Every expression inside one, itself included, from left to right. */
export function expressionsIn(expression: Expression, found: Expression[] = []): readonly Expression[] {
  found.push(expression);
  if (expression.kind === 'not') expressionsIn(expression.of, found);
  if ('left' in expression) {
    expressionsIn(expression.left, found);
    expressionsIn(expression.right, found);
  }
  return found;
}

/** Conditions travel with every run: the first one, in the order of the file, that makes them too many is told. */
export function checkConditions(conditions: readonly (Expression | null)[], issues: PipelineIssues): void {
  let parts = 0;
  for (const [place, condition] of conditions.entries()) {
    if (condition === null) continue;
    parts += expressionsIn(condition).length;
    if (parts <= TEMPLATE_LIMITS.conditions) continue;
    const most = TEMPLATE_LIMITS.conditions;
    issues.add(at(place, 'condition'), `expected at most ${most} parts in all conditions of the pipeline together`);
    return;
  }
}
