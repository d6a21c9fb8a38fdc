import type { DesignMetric, UnitSums, VariantSums } from '../src/contracts';
import type { MetricSums } from '../src/statistics';

/** The sums of one metric in two arms as a test takes them. */
export type Arms = readonly [control: MetricSums, treatment: MetricSums];

/** Sums of a metric, control first, in the shape of its type: with a look-back adjusted by the covariate. */
export function armsOf(metric: DesignMetric, control: UnitSums, treatment: UnitSums): Arms {
  if (isCounted(metric) && isFlags(control) && isFlags(treatment)) return [flags(control), flags(treatment)];
  return [momentsOf(metric, control), momentsOf(metric, treatment)];
}

/** Sums of a metric that merge with those of other units whatever their values. */
export function momentsOf({ type, lookBack }: DesignMetric, sums: UnitSums): MetricSums {
  const { n, meanX, meanY, m2X, m2Y, cXY } = sums;
  if (type === 'ratio') return { kind: 'ratio', n, meanX, meanY, m2X, m2Y, cXY };
  if (lookBack !== null) return { kind: 'adjusted-mean', n, meanX, meanY, m2X, m2Y, cXY };
  return { kind: 'mean', n, mean: meanY, m2: m2Y };
}

/** The mean of an arm as it is, a ratio's over its denominator; 0 where there is none. */
export function rawMean({ type }: DesignMetric, { meanX, meanY }: UnitSums): number {
  if (type !== 'ratio') return meanY;
  const mean = meanY / meanX;
  return Number.isFinite(mean) ? mean : 0;
}

/** The control's sums and those of the other variants. */
export function againstControl(variants: readonly VariantSums[]): readonly [VariantSums, readonly VariantSums[]] {
  const [control, ...treatments] = variants;
  return [control!, treatments];
}

function isCounted({ type, lookBack }: DesignMetric): boolean {
  return type === 'proportion' && lookBack === null;
}

/** Whether every unit has 0 or 1; the average over a unit's rows may lie between. */
function isFlags({ n, meanY, m2Y }: UnitSums): boolean {
  const successes = Math.round(meanY * n);
  if (successes < 0 || successes > n || Math.abs(meanY * n - successes) > 1e-3) return false;
  const spread = n === 0 ? 0 : successes * (1 - successes / n);
  return Math.abs(m2Y - spread) <= 1e-6 * (1 + spread);
}

function flags({ n, meanY }: UnitSums): MetricSums {
  return { kind: 'proportion', n, successes: Math.round(meanY * n) };
}
