import { createActivities } from '../../activities';
import { retrainingReportedSignal, versionName, workflowIds } from '../contracts';
import type { RetrainingResult, RetrainSpec } from '../contracts';
import type { RetrainingDocument } from '../stores';
import type { OperatorContext } from './context';
import { DOCTOR, guarded, isRunning, isYoung, placeOf, REPAIR, targetIn, young } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';
import { effectiveAt } from './doctor-traffic';
import { resolveCommand } from './retrainings';

const REASON = 'its workflow was ended before it was done';

/** A retraining without a result needs a workflow that works on it, and no compensation that waits. */
export const checkRetrainings: Check = async (context, now) => {
  const findings: Diagnosis[] = [];
  for (const document of await context.stores.retrainings.open()) {
    const check = `retraining ${document.spec.key} of ${placeOf(document)}`;
    findings.push(await guarded(check, () => judge(context, document, now)));
  }
  return findings;
};

async function judge(
  context: OperatorContext,
  document: RetrainingDocument,
  now: number,
): Promise<Omit<Diagnosis, 'check'>> {
  const { spec } = document;
  const id = workflowIds.retraining(spec);
  if (await isRunning(context, id)) {
    const status = await context.client.retraining.status(targetIn(spec));
    if (status.spec.key === spec.key) {
      const failed = status.failedCompensations;
      return failed.length === 0
        ? { state: 'good', finding: `${status.phase}, its workflow runs` }
        : { state: 'bad', finding: `compensation ${failed.join(', ')} failed`, command: resolveCommand(spec) };
    }
  }
  const finding = `open in the store, but ${id} does not work on it`;
  if (isYoung(document.beganAt, now)) return young(finding);
  if (!(await isOpen(context, document))) return { state: 'good', finding: 'has just ended' };
  return {
    state: 'bad',
    finding,
    repair: 'ends its experiment, withdraws and archives its challenger, discards what it stored, closes it as failed',
    command: REPAIR,
    mend: () => undo(context, document),
  };
}

/** Undoes a retraining in the order in which its own compensations would; closed last, so that a crash repeats it. */
async function undo(context: OperatorContext, document: RetrainingDocument): Promise<void> {
  const { stores } = context;
  const { spec } = document;
  if (!(await isOpen(context, document)) || (await worksOn(context, spec))) return;
  const run = createActivities({ stores });
  const experiment = await endExperiment(context, spec);
  const version = await stores.registry.findByKey(spec.model, spec.key);
  if (version !== null) {
    await withdraw(context, spec, version.version);
    await run.archiveChallenger({ spec, reason: `${DOCTOR}: ${REASON}` });
  }
  await run.discardArtifacts({ spec });
  await run.discardSnapshot({ spec });
  const result: RetrainingResult = {
    key: spec.key,
    at: spec.at,
    closedAt: spec.clock === 'data' ? spec.at : new Date().toISOString(),
    decision: 'failed',
    reasons: [`${REASON}; undone by ${DOCTOR}`],
    rows: 0,
    championVersion: null,
    challengerVersion: version?.version ?? null,
    gate: null,
    experiment,
  };
  await run.closeRetraining({ spec, result });
  await report(context, spec, result);
}

/** Nothing is asked where the version neither serves nor is on its way to. */
async function withdraw(context: OperatorContext, spec: RetrainSpec, version: number): Promise<void> {
  if ((await context.stores.deployments.current(spec)) === null) return;
  const when = await effectiveAt(context, spec, spec.clock);
  const reason = `retraining ${spec.key} of ${versionName(spec.model, version)}: ${REASON}`;
  const decision = { who: DOCTOR, reason, ...when, key: `doctor/${spec.key}` };
  await context.client.deployments.withdraw(targetIn(spec), version, decision);
}

/** An experiment outlives its retraining, and would promote what is archived. */
async function endExperiment(context: OperatorContext, spec: RetrainSpec): Promise<string | null> {
  const found = (await context.stores.experiments.list(spec)).find(({ key }) => key === spec.key);
  if (found === undefined) return null;
  if (await isRunning(context, workflowIds.experiment(found._id))) {
    await context.client.challenges.stop(found._id, { who: DOCTOR, reason: REASON });
  }
  return found._id;
}

/** A monitor waits for the end of the retraining that it asked for. */
async function report({ temporal }: OperatorContext, spec: RetrainSpec, closed: RetrainingResult): Promise<void> {
  if (spec.reportTo === undefined) return;
  await temporal.workflow
    .getHandle(spec.reportTo)
    .signal(retrainingReportedSignal, { key: spec.key, experiment: closed.experiment, waitsFor: null, closed })
    .catch((error: unknown) => {
      // Nobody is left who waits.
      if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
    });
}

async function worksOn(context: OperatorContext, spec: RetrainSpec): Promise<boolean> {
  if (!(await isRunning(context, workflowIds.retraining(spec)))) return false;
  return (await context.client.retraining.status(targetIn(spec))).spec.key === spec.key;
}

async function isOpen({ stores }: OperatorContext, { _id }: RetrainingDocument): Promise<boolean> {
  return (await stores.retrainings.open()).some((each) => each._id === _id);
}
