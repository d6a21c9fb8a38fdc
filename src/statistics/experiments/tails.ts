/** What tests of two arms have in common: tails, critical values, intervals and the result they end in. */
import { finiteOrNull } from '../describe/finite';
import { normalLogSurvival, normalQuantile } from '../distributions/normal';
import { studentTLogSurvival, studentTQuantile } from '../distributions/student-t';
import { reportedP } from '../result';
import type { Alternative, Interval, TestResult } from '../result';

/** A statistic beyond this is read as this: its square, and so its log p, must stay finite. */
const FARTHEST = 1e150;

export const ALTERNATIVES: readonly Alternative[] = ['two-sided', 'greater', 'less'];

/** ln p of a t statistic for an alternative about the treatment. */
export function logPOfT(t: number, degreesOfFreedom: number, alternative: Alternative): number {
  if (alternative === 'two-sided') return Math.min(0, studentTLogSurvival(Math.abs(t), degreesOfFreedom) + Math.LN2);
  return studentTLogSurvival(alternative === 'less' ? -t : t, degreesOfFreedom);
}

/** ln p of a z statistic for an alternative about the treatment. */
export function logPOfZ(z: number, alternative: Alternative): number {
  const bounded = Math.max(-FARTHEST, Math.min(FARTHEST, z));
  if (alternative === 'two-sided') return Math.min(0, normalLogSurvival(Math.abs(bounded)) + Math.LN2);
  return normalLogSurvival(alternative === 'less' ? -bounded : bounded);
}

/** The share of α in one tail. */
export function tailOf(alpha: number, alternative: Alternative): number {
  return alternative === 'two-sided' ? alpha / 2 : alpha;
}

/** What a statistic exceeds with probability `tail`: t's with degrees of freedom, z's with null. */
export function criticalValue(tail: number, degreesOfFreedom: number | null): number {
  // The lower tail, because 1 − tail loses a small one.
  return -(degreesOfFreedom === null ? normalQuantile(tail) : studentTQuantile(tail, degreesOfFreedom));
}

/** value ± reach; a one-sided alternative has one end, and what no double can hold is no end. */
export function intervalAround(
  value: number,
  reach: number,
  alternative: Alternative,
  alpha: number,
  method: string,
): Interval {
  return {
    low: alternative === 'less' ? null : finiteOrNull(value - reach),
    high: alternative === 'greater' ? null : finiteOrNull(value + reach),
    level: 1 - alpha,
    method,
  };
}

/** The parts of a test that differ from test to test. */
export interface TestParts extends Omit<TestResult, 'status' | 'pValue' | 'log10PValue' | 'significant'> {
  readonly logP: number;
}

/** A result in the common shape. */
export function tested({ logP, method, alternative, statistic, n, effect, threshold, ...rest }: TestParts): TestResult {
  const { pValue, log10PValue } = reportedP(logP);
  return {
    status: 'ok',
    method,
    alternative,
    statistic,
    pValue,
    log10PValue,
    n,
    effect,
    threshold,
    significant: pValue < threshold,
    assumptions: rest.assumptions,
    notes: rest.notes,
  };
}
