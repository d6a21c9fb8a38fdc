import { setWorkflowOptions } from '@temporalio/workflow';
import type { LogResult, RecordOutcomesInput } from '../src/contracts';
import { activities, SHORT } from './lib/activities';
import { checkBatch, countRows, showResult } from './lib/ingestion';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

setWorkflowOptions(versioned('PINNED'), recordOutcomes);

/** Writes a batch of outcomes for a service without access to MongoDB; the same batch again is harmless. */
export async function recordOutcomes(input: RecordOutcomesInput): Promise<LogResult> {
  checkBatch(input, 'outcomes');
  const { target, ...batch } = input;
  const result = await run.logOutcomes({ target, batch, by: 'workflow' }, `${countRows(input.outcomes)} outcomes`);
  showResult('loopwright.recordOutcomes', result);
  return result;
}
