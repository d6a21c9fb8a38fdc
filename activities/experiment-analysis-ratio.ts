import type { ExperimentAnalysis, ExperimentSums } from '../src/contracts';
import * as statistics from '../src/statistics';

type Epoch = ExperimentSums['exposed'][number];

/**
 * Whether units came in the planned shares. In each epoch of weights the evidence against the plan is a martingale
 * that starts at 1, so the product over epochs is one: p is the running minimum of one over it, and may be looked at
 * every day. χ² is the epochs' statistics and degrees of freedom added up.
 */
export function sampleRatioOf(epochs: readonly Epoch[], previousP: number): ExperimentAnalysis['sampleRatio'] {
  let [evidence, statistic, degreesOfFreedom] = [0, 0, 0];
  for (const epoch of epochs) {
    const { counts, shares } = divided(epoch);
    if (counts.length < 2) continue;
    const sequential = statistics.sequentialSampleRatio(counts, shares);
    const pearson = statistics.chiSquareSampleRatio(counts, shares);
    if (sequential.status !== 'ok' || pearson.status !== 'ok') continue;
    evidence += sequential.statistic;
    statistic += pearson.statistic;
    degreesOfFreedom += pearson.degreesOfFreedom;
  }
  const now = Math.max(Math.exp(Math.min(0, -evidence)), Number.MIN_VALUE);
  const chiSquareP = degreesOfFreedom === 0 ? null : statistics.chiSquare(degreesOfFreedom).survival(statistic);
  return {
    sequentialP: Math.min(previousP, now),
    chiSquareP: chiSquareP === null ? null : Math.max(chiSquareP, Number.MIN_VALUE),
    exposed: epochs.reduce<number[]>((sum, { units }) => units.map((count, arm) => count + (sum[arm] ?? 0)), []),
  };
}

/** Arms that take units, with shares that sum to 1. */
function divided({ weights, units }: Epoch): { readonly counts: number[]; readonly shares: number[] } {
  const open = weights.flatMap((weight, arm) => (weight > 0 ? [arm] : []));
  const sum = open.reduce((total, arm) => total + weights[arm]!, 0);
  return { counts: open.map((arm) => units[arm]!), shares: open.map((arm) => weights[arm]! / sum) };
}
