import type { AnalyseDesignInput, ExperimentDesign, ExperimentSums, UnitSums, VariantSums } from '../../src/contracts';
import { coMomentsOf } from '../../src/statistics';

/** Sums of units' values, alone or with their covariates (or denominators). */
export function sumsOf(y: readonly number[], x: readonly number[] = y.map(() => 0)): UnitSums {
  const { n, meanX, meanY, m2X, m2Y, cXY } = coMomentsOf(x, y);
  return { n, meanY, m2Y: m2Y!, meanX, m2X: m2X!, cXY: cXY! };
}

/** Sums of units of which some have an event. */
export function shareSums(successes: number, n: number): UnitSums {
  const share = n === 0 ? 0 : successes / n;
  return { n, meanY: share, m2Y: n * share * (1 - share), meanX: 0, m2X: 0, cXY: 0 };
}

/** Sums of n units with a mean and a standard deviation. */
export function meanSums(n: number, mean: number, deviation: number): UnitSums {
  return { n, meanY: mean, m2Y: Math.max(0, n - 1) * deviation ** 2, meanX: 0, m2X: 0, cXY: 0 };
}

/** One list of metric sums per variant, as an experiment's sums: split as they are, one epoch of equal weights. */
export function experimentSums(
  design: ExperimentDesign,
  metrics: readonly (readonly UnitSums[])[],
  change: Partial<ExperimentSums> = {},
): ExperimentSums {
  const variants = variantSums(design, metrics);
  return {
    from: '2026-01-05T00:00:00.000Z',
    to: '2026-02-02T00:00:00.000Z',
    variants,
    exposed: [{ weights: design.variants.map(({ weight }) => weight), units: variants.map(({ units }) => units) }],
    crossed: 0,
    segments: [],
    weeks: [],
    ...change,
  };
}

/** The same without the rest. */
export function variantSums(design: ExperimentDesign, metrics: readonly (readonly UnitSums[])[]): VariantSums[] {
  return design.variants.map(({ name }, index) => ({
    variant: name,
    units: Math.max(...metrics[index]!.map(({ n }) => n)),
    metrics: metrics[index]!,
  }));
}

/** The only look of a plan, unless a test says otherwise. */
export function analysisInput(design: ExperimentDesign, change: Partial<AnalyseDesignInput> = {}): AnalyseDesignInput {
  return {
    design,
    kind: 'look',
    k: 1,
    planned: 1,
    at: '2026-02-05T00:00:00.000Z',
    from: '2026-01-05T00:00:00.000Z',
    exposedTo: '2026-02-02T00:00:00.000Z',
    dropped: [],
    epochs: [{ from: '2026-01-05T00:00:00.000Z', weights: design.variants.map(({ weight }) => weight) }],
    previous: [],
    previousSampleRatioP: 1,
    ...change,
  };
}
