import type { QuarantinedRow } from '../contracts';
import { addressOf } from './address';
import type { FoldState } from './fold-state';
import type { Outcome } from './label-state';

/**
 * Whether the prediction of an outcome that was looked for in vain will never come. An address is given out when its
 * row is durable: what it leads to no longer is gone. A caller's prediction is older than its outcome: an outcome known
 * before the time up to which predictions were dropped has lost its own.
 */
export function isExpired(outcome: Outcome, { droppedBefore }: Pick<FoldState, 'droppedBefore'>): boolean {
  if (addressOf(outcome.predictionId) !== null) return true;
  return droppedBefore !== null && outcome.at < droppedBefore.getTime();
}

/** How such an outcome is set aside. */
export function expiredRow({ predictionId }: Outcome): QuarantinedRow {
  return {
    reason: 'expired-prediction',
    path: 'predictionId',
    message: `${predictionId} is not there any more, or never was: an outcome of a dropped or erased prediction changes nothing`,
    predictionId,
  };
}
