import { setImmediate } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Evaluation, MonitoringActivities, WindowReport } from '../src/contracts';
import { before } from '../src/domain/time';
import { driftPolicySchema } from '../src/schemas/drift';
import type { Stores } from '../src/stores';
import { foldTraffic, gatherEvidence } from './judge-evidence';
import { FrozenDocuments } from './judge-frozen';
import { reportOf } from './judge-report';
import { driftOf, judgeWindow } from './judge-window';
import type { JudgeDeps } from './judge-window';

/** Bytes of a look's report, about: it stands in a history. */
const REPORT_BYTES = 16 * 1024;

/** What a monitor asks: fold, read, compute, record. Every decision on the numbers is the workflow's. */
export function createMonitoringActivities(stores: Stores): MonitoringActivities {
  const deps: JudgeDeps = { stores, frozen: new FrozenDocuments(stores) };
  return {
    judgeWindows: (input) => judgeWindows(deps, input),
    evaluateWindow: (input) => evaluateWindow(deps, input),
    findEnded: async ({ workflowIds }) => {
      const { client } = Context.current();
      const running = await Promise.all(
        workflowIds.map(async (id) => {
          try {
            return (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';
          } catch (error) {
            if (error instanceof WorkflowNotFoundError) return false;
            throw error;
          }
        }),
      );
      return workflowIds.filter((_, index) => running[index] === false);
    },
  };
}

type Activity<K extends keyof MonitoringActivities> = MonitoringActivities[K];

async function judgeWindows(
  deps: JudgeDeps,
  { spec, at, windows, watching }: Parameters<Activity<'judgeWindows'>>[0],
): ReturnType<Activity<'judgeWindows'>> {
  const { stores } = deps;
  await foldTraffic(stores, spec);
  const reports: WindowReport[] = [];
  for (const window of windows) {
    const evaluation = await judgeWindow(deps, spec, at, window);
    if (evaluation !== null) reports.push(reportOf(evaluation, REPORT_BYTES / windows.length, watching));
    // Lets the heartbeat out between windows that take long to compute.
    await setImmediate();
  }
  return {
    windows: reports,
    lastServedAt: await stores.traffic.lastServedAt(spec, at),
    pending: await stores.labels.countPending(spec),
    dropped: spec.retention === undefined ? 0 : await stores.retention.drop(spec, before(at, spec.retention)),
  };
}

/** What the first release looked at: accuracy, log loss and AUROC, and Kolmogorov-Smirnov on numbers. */
const FIRST_RELEASE = {
  task: 'binary',
  rankingDepth: 1,
  exactRows: Number.POSITIVE_INFINITY,
  segments: { keys: [] },
  drift: driftPolicySchema.parse({ mode: 'seed' }),
} as const;

async function evaluateWindow(
  deps: JudgeDeps,
  { spec, from, to, asOf, version }: Parameters<Activity<'evaluateWindow'>>[0],
): ReturnType<Activity<'evaluateWindow'>> {
  const { stores } = deps;
  await stores.labels.fold(spec);
  const plan = { ...spec, ...FIRST_RELEASE };
  const window = { from, to, asOf, version, at: asOf };
  const evidence = await gatherEvidence(stores, plan, window, { drift: version === undefined, slices: false });
  const drift = version === undefined ? (await driftOf(deps, plan, { from, at: asOf }, evidence)).drift : [];
  const evaluation: Evaluation = { from, to, asOf, served: evidence.served, performance: evidence.performance, drift };
  const { drift: _drift, ...judged } = await stores.evaluations.record(spec, evaluation, version ?? null);
  return judged;
}
