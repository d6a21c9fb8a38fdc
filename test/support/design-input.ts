import type { ExperimentDesign } from '../../src/contracts';
import { experimentDesignSchema, parseWith } from '../../src/schemas';
import type { ExperimentDesignInput } from '../../src/schemas';

/** The shortest design that may be written, with what a test changes of it. */
export function designInput(change: Partial<ExperimentDesignInput> = {}): ExperimentDesignInput {
  return {
    id: 'checkout',
    hypothesis: 'a shorter form sells more',
    owner: 'ann',
    variants: [
      { name: 'control', weight: 0.5 },
      { name: 'short', weight: 0.5 },
    ],
    duration: '28d',
    metrics: [{ name: 'orders', role: 'success', type: 'proportion', source: { kind: 'event', event: 'order' } }],
    ...change,
  };
}

/** The same with its defaults. */
export function designOf(change: Partial<ExperimentDesignInput> = {}): ExperimentDesign {
  return parseWith(experimentDesignSchema, designInput(change), 'experiment design');
}
