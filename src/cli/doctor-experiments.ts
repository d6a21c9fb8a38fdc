import { workflowIds } from '../contracts';
import type { DesignRecord } from '../contracts';
import type { OperatorContext } from './context';
import { DOCTOR, guarded, isRunning, REPAIR } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';

const REASON = 'its workflow was ended before it was done';

/** An experiment by a design without a result needs a workflow that runs it: assigners go on as long as it says so. */
export const checkExperiments: Check = async (context) => {
  const findings: Diagnosis[] = [];
  for (const record of await context.stores.designs.unfinished()) {
    findings.push(await guarded(`experiment ${record.design.id}`, () => judge(context, record)));
  }
  return findings;
};

async function judge(context: OperatorContext, { design, phase }: DesignRecord): Promise<Omit<Diagnosis, 'check'>> {
  const id = workflowIds.experiment(design.id);
  if (await isRunning(context, id)) return { state: 'good', finding: `${phase}, its workflow runs` };
  if ((await orphan(context, design.id)) === null) return { state: 'good', finding: 'has just ended' };
  const assigns = phase === 'running' ? ', and units are still assigned' : '';
  return {
    state: 'bad',
    finding: `${phase} by its record, but ${id} does not run${assigns}`,
    repair: 'closes its record as stopped; nobody is assigned any more',
    command: REPAIR,
    mend: () => close(context, design.id),
  };
}

/** The record where it has no end and nobody who will write one. */
async function orphan(context: OperatorContext, id: string): Promise<DesignRecord | null> {
  if (await isRunning(context, workflowIds.experiment(id))) return null;
  // After the workflow: one that ran to its end meanwhile has written its result first.
  const record = await context.stores.designs.find(id);
  return record?.result === null ? record : null;
}

/** The result last, so that a crash repeats it. */
async function close(context: OperatorContext, id: string): Promise<void> {
  const record = await orphan(context, id);
  if (record === null) return;
  const { designs } = context.stores;
  const { design, start, end, coverage, dropped, events } = record;
  const last = events.at(-1);
  const at = design.clock === 'data' && last !== undefined ? last.at : new Date().toISOString();
  if (record.phase !== 'archived') {
    const event = { at, kind: 'archived', who: DOCTOR, reason: REASON } as const;
    await designs.publish({ id, phase: 'archived', start, end, coverage, dropped, number: events.length + 1, event });
  }
  const decided = events.find(({ kind }) => kind === 'decided');
  const reasons = [`${REASON}; closed by ${DOCTOR}`, ...(decided === undefined ? [] : [`before: ${decided.reason}`])];
  // One that was scheduled never met anybody.
  const from = events.some(({ kind }) => kind === 'started') ? start : null;
  const to = from === null ? null : end !== null && end < at ? end : at;
  await designs.close({ id, decision: 'stop', variant: null, reasons, decidedAt: at, from, to, acted: 'nothing' });
}
