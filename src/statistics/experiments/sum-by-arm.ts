import { requireSameLength } from '../arguments';
import type { CoMoments } from '../describe/co-moments';
import { addBlock, coMomentsOfShifted, shiftedSums } from './shifted-sums';
import { createSplit } from './split-rows';
import type { MetricSums } from './sums';

/** Columns of one row per unit. */
export interface ArmColumns {
  /** Arm of each row, from 0, the control, to arms − 1. */
  readonly arm: Uint8Array;
  /** How many arms there are, up to 256. */
  readonly arms: number;
  /** A metric, alone or with its covariate (CUPED), or a ratio; NaN and infinities are missing. */
  readonly metrics: readonly (
    | { readonly metric: Float64Array; readonly covariate?: Float64Array }
    | { readonly numerator: Float64Array; readonly denominator: Float64Array }
  )[];
}

/** Rows at a time: few enough that their columns stay in the nearest cache. */
const BLOCK = 4_096;
const FIRST = 512;

/**
 * Sums per metric and arm in one pass over the columns: `sums[metric][arm]`, ready for `compareArms` and
 * `compareMetrics`. Blocks of rows are split by arm and summed about the mean of the arm's first block, so that nothing
 * cancels where a mean dwarfs its spread; no allocation per row.
 * @returns per metric one entry per arm, the control first; missing values are left out and counted in `dropped`
 * @throws RangeError on columns of different lengths or an arm code that is no arm; TypeError on other arrays
 * @see Chan, Golub & LeVeque (1983) for sums about a shift
 * @example sumByArm({ arm: Uint8Array.of(0, 1, 0, 1), arms: 2, metrics: [{ metric: Float64Array.of(1, 2, 3, 6) }] })[0]
 * // [{ kind: 'mean', n: 2, mean: 2, m2: 2 }, { kind: 'mean', n: 2, mean: 4, m2: 8 }]
 */
export function sumByArm({ arm, arms, metrics }: ArmColumns): readonly (readonly MetricSums[])[] {
  if (!Number.isInteger(arms) || arms < 1 || arms > 256)
    throw new RangeError(`arms is ${String(arms)}: expected a whole number from 1 to 256`);
  if (!(arm instanceof Uint8Array)) throw new TypeError('arm is no Uint8Array: expected one code per row');
  const pairs = metrics.map((columns, index) => pairOf(columns, index, arm));
  const totals = pairs.map(() => Array.from({ length: arms }, shiftedSums));
  const block = Math.max(FIRST, Math.floor(BLOCK / Math.max(1, arms / 8)));
  const split = createSplit(arm, arms, block);
  // The first rows of an arm are looked at with care, for its centre: a few of them do.
  for (let [from, to] = [0, FIRST]; from < arm.length; [from, to] = [to, to + block]) {
    const { regions, counts } = split(from, Math.min(arm.length, to));
    for (let code = 0; code < arms; code += 1) {
      if (counts[code] === 0) continue;
      for (let index = 0; index < pairs.length; index += 1) {
        const { x, y } = pairs[index]!;
        addBlock(totals[index]![code]!, x, y, regions[code]!, counts[code]!);
      }
    }
  }
  return pairs.map(({ kind }, index) => totals[index]!.map((sums) => metricOf(kind, coMomentsOfShifted(sums))));
}

interface Pair {
  readonly kind: 'mean' | 'adjusted-mean' | 'ratio';
  /** The covariate or the denominator; of a metric alone the metric itself. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function pairOf(columns: ArmColumns['metrics'][number], index: number, arm: Uint8Array): Pair {
  const column = (name: string, values: Float64Array) => {
    const path = `metrics[${index}].${name}`;
    if (!(values instanceof Float64Array))
      throw new TypeError(`${path} is no Float64Array: expected one value per row`);
    requireSameLength('arm', arm, path, values);
    return values;
  };
  if ('numerator' in columns) {
    const [y, x] = [column('numerator', columns.numerator), column('denominator', columns.denominator)];
    return { kind: 'ratio', x, y };
  }
  const y = column('metric', columns.metric);
  if (columns.covariate === undefined) return { kind: 'mean', x: y, y };
  return { kind: 'adjusted-mean', x: column('covariate', columns.covariate), y };
}

function metricOf(kind: Pair['kind'], sums: CoMoments): MetricSums {
  if (kind === 'mean') return { kind, n: sums.n, mean: sums.meanY, m2: sums.m2Y, dropped: sums.dropped };
  return kind === 'ratio' ? { kind, ...sums } : { kind, ...sums };
}
