import { CancellationScope, getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { TYPE_PREFIX, WORKFLOW_DETAILS, workflowIds } from '../../src/contracts';
import type { ExperimentResult, ExperimentSpec, RetrainSpec, RunExperimentInput } from '../../src/contracts';
import { iso } from '../../src/domain/time';
import { activities, SHORT } from './activities';
import { attributesFor } from './attributes';
import type { Retraining } from './retraining';

const run = activities(SHORT);

type RunExperiment = (input: RunExperimentInput) => Promise<ExperimentResult>;

/** Champion and challenger on divided traffic. */
export interface Contest {
  readonly champion: number;
  readonly challenger: number;
  /** What is undone once the experiment has given the traffic back. */
  readonly afterUndo?: (() => Promise<void>) | undefined;
}

/** Lets the challenger meet the champion; undone, the experiment ends and gives the traffic back. */
export async function experiment(retraining: Retraining, contest: Contest): Promise<ExperimentResult> {
  const { spec } = retraining;
  const { id, seed } = await run.planExperiment({ spec }, 'number and seed of the experiment');
  let child: ChildWorkflowHandle<RunExperiment> | null = null;
  await retraining.saga.step(
    'experiment',
    async () => {
      if (child !== null) {
        await getExternalWorkflowHandle(child.workflowId)
          .cancel()
          .catch(() => undefined);
        // The experiment gives the traffic back as it ends.
        await child.result().catch(() => undefined);
      }
      await contest.afterUndo?.();
    },
    async () => {
      // A start that is cancelled half-way may have happened: it is seen through, and undone like any other.
      child = await CancellationScope.nonCancellable(() => startExperiment(spec, { id, seed }, contest));
    },
  );
  retraining.change({ phase: 'experiment', experiment: id });
  await retraining.report({});
  return Promise.race([child!.result(), CancellationScope.current().cancelRequested]);
}

async function startExperiment(
  spec: RetrainSpec,
  plan: { readonly id: string; readonly seed: string },
  { champion, challenger }: Contest,
): Promise<ChildWorkflowHandle<RunExperiment>> {
  const { model, environment, clock, labelMaturity, reportTo } = spec;
  const start = clock === 'data' ? spec.at : iso(Date.now());
  const experimentSpec: ExperimentSpec = {
    ...spec.experiment,
    ...plan,
    ...{ model, environment, clock, labelMaturity, champion, challenger, start },
    ...(reportTo === undefined ? {} : { reportTo }),
  };
  const typedSearchAttributes = attributesFor(spec, plan.id);
  return startChild<RunExperiment>(`${TYPE_PREFIX}runExperiment`, {
    workflowId: workflowIds.experiment(plan.id),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ spec: experimentSpec }],
    staticDetails: WORKFLOW_DETAILS['loopwright.runExperiment'],
    staticSummary: `${model}@${challenger} against ${model}@${champion} in ${environment}`,
    ...(typedSearchAttributes ? { typedSearchAttributes } : {}),
  });
}
