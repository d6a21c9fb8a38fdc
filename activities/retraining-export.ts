import { artifactUri, retrainingOwner } from '../src/contracts';
import type { ArtifactRef, RetrainingActivities, TrainingRows } from '../src/contracts';
import { encodeTrainingCsv, TrainingCsvError } from '../src/models';
import type { Stores } from '../src/stores';
import { holdoutStart, refused, slice, snapshotRows } from './retraining-rows';

/** Stores the rows of a snapshot as CSV, claimed by the retraining: the same rows give the same artifact. */
export async function exportRows(
  stores: Stores,
  { spec, snapshot, rows: which }: Parameters<RetrainingActivities['exportRows']>[0],
): Promise<ArtifactRef> {
  const rows = await snapshotRows(stores, spec, snapshot);
  const bytes = csvOf(slice(rows, 0, which === 'all' ? rows.n : holdoutStart(rows, snapshot)));
  const sha256 = await stores.artifacts.put(bytes, retrainingOwner(spec));
  return { sha256, bytes: bytes.length, uri: artifactUri('file', sha256) };
}

function csvOf(rows: TrainingRows): Uint8Array {
  try {
    return encodeTrainingCsv(rows);
  } catch (error) {
    if (error instanceof TrainingCsvError) throw refused(error.message);
    throw error as Error;
  }
}
