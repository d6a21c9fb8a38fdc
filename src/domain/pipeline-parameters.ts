import type { CompiledPipeline, PipelineIssue, PipelineValue } from '../contracts';
import { didYouMean } from './suggest';

/** What is wrong with the parameters of a run: an unknown one, or one of another type than its default; none where all is good. */
export function wrongParameters(
  { parameters }: Pick<CompiledPipeline, 'parameters'>,
  given: Readonly<Record<string, PipelineValue>>,
): PipelineIssue[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const path = ['params', name];
    if (!Object.hasOwn(parameters, name))
      return [{ path, expected: `unknown parameter, ${didYouMean(name, Object.keys(parameters))}` }];
    const type = typeof parameters[name];
    if (typeof value === type) return [];
    return [{ path, expected: `expected a ${type === 'string' ? 'text' : type}` }];
  });
}
