import type { LogResult, QuarantinedRow } from '../contracts';

/** What became of a row. */
export type RowStatus = 'logged' | 'duplicate' | 'conflict';

/** The sum over rows; `idOf` names a row by its place. */
export function tally(statuses: readonly RowStatus[], idOf: (index: number) => string): LogResult {
  let logged = 0;
  let duplicates = 0;
  const quarantined: QuarantinedRow[] = [];
  statuses.forEach((status, index) => {
    if (status === 'logged') logged += 1;
    else if (status === 'duplicate') duplicates += 1;
    else quarantined.push(conflict(idOf(index)));
  });
  return { logged, duplicates, quarantined };
}

function conflict(predictionId: string): QuarantinedRow {
  return {
    reason: 'conflict',
    path: 'predictionId',
    message: `${predictionId} was logged before with another body; what was logged first stands`,
    predictionId,
  };
}
