import { noResult } from '../result';
import type { Assumption, NoResult } from '../result';
import type { ArmSummary } from './summary';

/** A difference of two arms with its standard error and Welch's degrees of freedom. */
export interface Difference {
  readonly value: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * The difference of two summaries, absolute or relative to the unadjusted control, by the delta method.
 * @see Welch (1947); Deng, Knoblich, Lu (2018)
 */
export function differenceOf(control: ArmSummary, treatment: ArmSummary, kind: 'absolute' | 'relative'): Difference {
  const [a, b] = [control.variance / control.n, treatment.variance / treatment.n];
  const absolute = treatment.mean - control.mean;
  const share = a / (a + b);
  const degreesOfFreedom = 1 / (share ** 2 / (control.n - 1) + (1 - share) ** 2 / (treatment.n - 1));
  if (kind === 'absolute') return { value: absolute, standardError: Math.sqrt(a + b), degreesOfFreedom };
  const base = control.unadjustedMean;
  const ratio = treatment.unadjustedMean / base;
  const standardError = Math.sqrt(b + a * ratio * ratio) / Math.abs(base);
  return { value: absolute / base, standardError, degreesOfFreedom };
}

/** The absolute difference under one variance for both arms. */
export function pooledDifference(control: ArmSummary, treatment: ArmSummary): Difference {
  const degreesOfFreedom = control.n + treatment.n - 2;
  const pooled = ((control.n - 1) * control.variance + (treatment.n - 1) * treatment.variance) / degreesOfFreedom;
  const standardError = Math.sqrt(pooled * (1 / control.n + 1 / treatment.n));
  return { value: treatment.mean - control.mean, standardError, degreesOfFreedom };
}

/** Whether the arithmetic stayed within the range of a double. */
export function isSound({ value, standardError, degreesOfFreedom }: Difference): boolean {
  return (
    standardError > 0 && standardError < Infinity && Number.isFinite(value / standardError) && degreesOfFreedom > 0
  );
}

/** Why two arms cannot be compared, or null. */
export function refusal(
  method: string,
  control: ArmSummary,
  treatment: ArmSummary,
  difference: 'absolute' | 'relative',
): NoResult<'insufficient-data' | 'no-variation' | 'undefined'> | null {
  const n = [control.n, treatment.n];
  if (Math.min(control.n, treatment.n) < 2)
    return noResult('insufficient-data', method, n, `${n.join(' and ')} units: a variance needs at least 2 a side`);
  if (!Number.isFinite(control.mean) || !Number.isFinite(treatment.mean))
    return noResult('undefined', method, n, 'an arm has no mean: its denominators sum to 0, or a sum is too large');
  const spread = control.variance / control.n + treatment.variance / treatment.n;
  if (!Number.isFinite(spread))
    return noResult('undefined', method, n, 'the spread of an arm is too large for a double');
  if (spread === 0) {
    const reason = `both arms are constant, ${control.mean} and ${treatment.mean}: there is no spread to judge by`;
    return noResult(control.mean === treatment.mean ? 'no-variation' : 'undefined', method, n, reason);
  }
  if (difference === 'relative' && control.unadjustedMean === 0)
    return noResult('undefined', method, n, 'the control mean is 0: nothing is relative to it');
  return null;
}

/** Means are nearly normal from so many units on, unless the values are wild. */
const ENOUGH = 30;
/** Standard errors between a control mean and 0 from which on the delta method is good: Finney's g below .05. */
const FAR = 9;

/** What a test of means rests on. */
export function meansAssumptions(control: ArmSummary, treatment: ArmSummary, relative: boolean): Assumption[] {
  const least = Math.min(control.n, treatment.n);
  const normal = {
    name: 'means nearly normal',
    holds: least >= ENOUGH,
    detail: `${least} units in the smaller arm; below ${ENOUGH} the values themselves should be nearly normal`,
  };
  if (!relative) return [normal];
  const errors = Math.abs(control.unadjustedMean) / Math.sqrt(control.variance / control.n);
  const away = errors >= 1e6 ? 'over a million' : errors.toFixed(1);
  const detail = `${away} standard errors from 0; below ${FAR} Fieller's interval is the better one`;
  return [normal, { name: 'control mean far from 0', holds: errors >= FAR, detail }];
}

/** What a reader of a relative difference should know. */
export function meansNotes(control: ArmSummary, relative: boolean): string[] {
  return relative && control.unadjustedMean < 0 ? ['the control mean is negative: a positive lift is a decrease'] : [];
}
