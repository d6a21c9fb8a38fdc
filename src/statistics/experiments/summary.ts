import { droppedNote } from '../arguments';
import { mergeCoMoments } from '../describe/co-moments';
import type { CoMoments } from '../describe/co-moments';
import { centredPairs, centredSums, NOTHING } from './centred';
import { requireSuccesses } from './sums';
import type { AdjustedMeanSums, MetricSums } from './sums';

/** One arm's metric as a test needs it: a mean over n units and the variance of one unit. */
export interface ArmSummary {
  readonly n: number;
  /** NaN where there is none, for a ratio whose denominators sum to 0. */
  readonly mean: number;
  /** Before any adjustment by a covariate: what a relative difference is relative to. */
  readonly unadjustedMean: number;
  /** Not finite where the spread left the range of a double. */
  readonly variance: number;
}

/** Both arms ready for a test, and how the covariate was used. */
export interface Summaries {
  readonly control: ArmSummary;
  readonly treatment: ArmSummary;
  /** CUPED's coefficient, pooled over both arms; null where there is no covariate. */
  readonly theta: number | null;
  /** Of metric and covariate over both arms; null where there is no covariate or no variation. */
  readonly correlation: number | null;
  readonly notes: readonly string[];
}

/** m2 below this share of n·mean² has lost most of its digits to the subtraction that raw sums need. */
const FEW_DIGITS = 1e-9;

/**
 * Means and unit variances of both arms. A ratio has the delta method's variance; a mean with a covariate is
 * adjusted by θ = cov(Y, X)/var(X), pooled over both arms so that the adjustment cannot favour either.
 * @throws TypeError when the arms are of different kinds; RangeError on sums that no rows can have
 * @see Deng, Xu, Kohavi, Walker (2013) for CUPED; Deng, Knoblich, Lu (2018) for the delta method
 */
export function summarise(control: MetricSums, treatment: MetricSums): Summaries {
  const notes = notesOn(control, treatment);
  if (control.kind === 'adjusted-mean' && treatment.kind === 'adjusted-mean')
    return adjusted(control, treatment, notes);
  if (control.kind !== treatment.kind)
    throw new TypeError(`treatment.kind is ${treatment.kind}: expected ${control.kind}, as the control's`);
  const [a, b] = [summaryOf('control', control), summaryOf('treatment', treatment)];
  return { control: a, treatment: b, theta: null, correlation: null, notes };
}

/** One arm by itself; a covariate is left aside. */
export function summaryOf(arm: string, sums: MetricSums): ArmSummary {
  switch (sums.kind) {
    case 'proportion': {
      requireSuccesses(arm, sums);
      const mean = sums.n === 0 ? 0 : sums.successes / sums.n;
      return plain(sums.n, mean, mean * (1 - mean));
    }
    case 'mean': {
      const { n, mean, m2 } = centredSums(arm, sums);
      return plain(n, mean, n < 2 ? 0 : (m2 ?? Infinity) / (n - 1));
    }
    case 'adjusted-mean': {
      const { n, meanY, m2Y } = centredPairs(arm, sums);
      return plain(n, meanY, n < 2 ? 0 : (m2Y ?? Infinity) / (n - 1));
    }
    case 'ratio':
      return ratio(centredPairs(arm, sums));
    default:
      throw new TypeError(`${arm}.kind is ${String((sums as { kind: unknown }).kind)}: expected a kind of metric`);
  }
}

function plain(n: number, mean: number, variance: number): ArmSummary {
  return { n, mean, unadjustedMean: mean, variance };
}

function ratio({ n, meanX, meanY, m2X, m2Y, cXY }: CoMoments): ArmSummary {
  if (n === 0) return plain(0, 0, 0);
  const mean = meanX === 0 ? NaN : meanY / meanX;
  return plain(n, mean, n < 2 ? 0 : residual(m2X, m2Y, cXY, mean) / (n - 1) / meanX / meanX);
}

/** Σ((y − meanY) − slope·(x − meanX))², at least 0. */
function residual(m2X: number | null, m2Y: number | null, cXY: number | null, slope: number): number {
  return Math.max(0, (m2Y ?? NaN) - slope * (2 * (cXY ?? NaN) - slope * (m2X ?? NaN)));
}

function adjusted(control: AdjustedMeanSums, treatment: AdjustedMeanSums, notes: readonly string[]): Summaries {
  const [a, b] = [centredPairs('control', control), centredPairs('treatment', treatment)];
  const pooled = mergeCoMoments(a, b);
  const [m2X, m2Y, cXY] = [pooled.m2X ?? NaN, pooled.m2Y ?? NaN, pooled.cXY ?? NaN];
  // Raw sums of a constant leave a spread of rounding, and rounding correlates with anything.
  const raw = 'covariate' in control || 'covariate' in treatment;
  const flat = m2X === 0 || (raw && m2X < 2 * pooled.n * Number.EPSILON * pooled.n * pooled.meanX ** 2);
  const theta = flat ? 0 : cXY / m2X;
  const arm = (sums: CoMoments): ArmSummary => ({
    n: sums.n,
    mean: sums.meanY - theta * (sums.meanX - pooled.meanX),
    unadjustedMean: sums.meanY,
    variance: sums.n < 2 ? 0 : residual(sums.m2X, sums.m2Y, sums.cXY, theta) / (sums.n - 1),
  });
  const slope = cXY / (Math.sqrt(m2X) * Math.sqrt(m2Y));
  // Both arms together may leave the range of a double where each alone does not.
  const correlation = flat || !Number.isFinite(slope) ? null : Math.max(-1, Math.min(1, slope));
  return { control: arm(a), treatment: arm(b), theta, correlation, notes };
}

function notesOn(...arms: readonly MetricSums[]): string[] {
  let dropped = 0;
  for (const arm of arms) dropped += arm.dropped ?? 0;
  const notes = droppedNote(dropped);
  for (const arm of arms) {
    if (!('sum' in arm) || arm.n < 2) continue;
    const left = arm.sumSquares - (arm.sum / arm.n) * arm.sum;
    if (left > NOTHING * arm.sumSquares && left < FEW_DIGITS * arm.sumSquares)
      return [...notes, 'the mean dwarfs the spread, of which raw sums keep few digits: use centred sums'];
  }
  return notes;
}
