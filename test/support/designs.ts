import type { AssignableExperiment, ExperimentDesign } from '../../src/contracts';
import { designOf } from './design-input';

/** A design that is complete and unremarkable: A against B, half and half, for everybody. */
export function design(change: Partial<ExperimentDesign> = {}): ExperimentDesign {
  const id = change.id ?? 'checkout';
  const given = designOf({
    id,
    attributes: ['country', 'age', 'plan'],
    segments: ['country'],
    variants: [
      { name: 'A', weight: 0.5 },
      { name: 'B', weight: 0.5 },
    ],
  });
  return { ...given, ...change };
}

/** An experiment that runs, without a ramp. */
export function running(
  change: Partial<ExperimentDesign> = {},
  state: Partial<Omit<AssignableExperiment, 'design'>> = {},
): AssignableExperiment {
  return { design: design(change), running: true, coverage: 1, dropped: [], ...state };
}
