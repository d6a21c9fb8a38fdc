import type { PipelineSpecInput } from '../../src/schemas';
import { declared } from './pipeline-loop';

export { puppet } from './pipeline-loop';

/** A declaration as a service writes it, under a name that nobody else uses. */
export function written(...given: Parameters<typeof declared>): PipelineSpecInput {
  const { spec, ...head } = declared(...given);
  return { ...head, spec: { ...spec, stages: [...spec.stages] } };
}
