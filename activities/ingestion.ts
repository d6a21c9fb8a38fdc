import { BATCH_LIMITS, SIGNAL_LIMITS } from '../src/contracts';
import type {
  IngestionActivities,
  LogResult,
  ModelTarget,
  OutcomeRow,
  PredictionRow,
  QuarantinedRow,
} from '../src/contracts';
import { outcomeRowSchema, parseWith, predictionRowSchema, rowsOfBatch, siftRows, targetSchema } from '../src/schemas';
import type { Stores } from '../src/stores';

const LIMITS = {
  signal: { rows: SIGNAL_LIMITS.outcomes, bytes: SIGNAL_LIMITS.bytes },
  workflow: BATCH_LIMITS,
} as const;

/** Rows set aside that a result lists: it stands in a history. */
const LISTED = { rows: 50, bytes: 48 * 1024 } as const;

/** Writes what came through Temporal, from services without access to MongoDB. */
export function createIngestionActivities(stores: Stores): IngestionActivities {
  return {
    logOutcomes: async ({ target, batch, by = 'signal' }) => {
      const checked = parseWith(targetSchema, target, 'recordOutcomes target');
      const given = rowsOfBatch('outcomes', batch, LIMITS[by], 'recordOutcomes');
      const { rows, quarantined } = siftRows<OutcomeRow>(outcomeRowSchema, given, (row) => row.labelTs, Date.now());
      return setAside(stores, checked, await stores.outcomes.log(checked, rows), quarantined);
    },
    logPredictions: async ({ target, ...batch }) => {
      const checked = parseWith(targetSchema, target, 'recordPredictions target');
      const given = rowsOfBatch('predictions', batch, BATCH_LIMITS, 'recordPredictions');
      const { rows, quarantined } = siftRows<PredictionRow>(predictionRowSchema, given, (row) => row.ts, Date.now());
      return setAside(stores, checked, await stores.predictions.log(checked, rows), quarantined);
    },
    setEager: ({ target, eager }) => (eager ? stores.nudges.enable(target) : stores.nudges.disable(target)),
  };
}

/** Keeps all rows that were set aside and lists as many as a message holds. */
async function setAside(
  stores: Stores,
  target: ModelTarget,
  written: LogResult,
  quarantined: readonly QuarantinedRow[],
): Promise<LogResult> {
  const { logged, duplicates } = written;
  const aside = [...quarantined, ...written.quarantined];
  await stores.quarantine.add(target, aside);
  const listed = listable(aside);
  const unlisted = aside.length - listed.length;
  return { logged, duplicates, quarantined: listed, ...(unlisted > 0 ? { unlisted } : {}) };
}

function listable(aside: readonly QuarantinedRow[]): readonly QuarantinedRow[] {
  const listed: QuarantinedRow[] = [];
  let bytes = 0;
  for (const row of aside.slice(0, LISTED.rows)) {
    bytes += Buffer.byteLength(JSON.stringify(row));
    if (bytes > LISTED.bytes) break;
    listed.push(row);
  }
  return listed;
}
