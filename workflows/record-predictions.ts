import { setWorkflowOptions } from '@temporalio/workflow';
import type { LogResult, RecordPredictionsInput } from '../src/contracts';
import { activities, SHORT } from './lib/activities';
import { checkBatch, countRows, showResult } from './lib/ingestion';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

setWorkflowOptions(versioned('PINNED'), recordPredictions);

/** Writes a batch of predictions for a service without access to MongoDB; the same batch again is harmless. */
export async function recordPredictions(input: RecordPredictionsInput): Promise<LogResult> {
  checkBatch(input, 'predictions');
  const result = await run.logPredictions(input, `${countRows(input.predictions)} predictions`);
  showResult('loopwright.recordPredictions', result);
  return result;
}
