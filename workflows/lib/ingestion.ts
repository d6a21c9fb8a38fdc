import { setCurrentDetails } from '@temporalio/workflow';
import { WORKFLOW_DETAILS } from '../../src/contracts';
import type { LogResult, LoopwrightWorkflowName } from '../../src/contracts';
import { facts } from './attributes';
import { isRecord, refuseUnless } from './guards';

/** A batch as it came, from any language: only an object is looked at any further, by the activity. */
export function checkBatch(input: unknown, field: 'outcomes' | 'predictions'): void {
  refuseUnless(isRecord(input), 'input', input, `an object { target, batchId, ${field} }`);
}

/** How many rows a batch seems to have, for a line in the UI. */
export function countRows(rows: unknown): number {
  return Array.isArray(rows) ? rows.length : 0;
}

/** Shows what became of a batch on the workflow's page. */
export function showResult(name: LoopwrightWorkflowName, result: LogResult): void {
  const aside = result.quarantined.length + (result.unlisted ?? 0);
  setCurrentDetails(
    [
      WORKFLOW_DETAILS[name],
      ...facts([
        ['logged', result.logged],
        ['there already', result.duplicates],
        ['set aside', aside],
      ]),
    ].join('\n'),
  );
}
