import { ActivityCancellationType, workflowInfo } from '@temporalio/workflow';
import type { DeploymentRequest, EndedStage, ModelTarget, RolloutEnd, RunStage } from '../../src/contracts';
import { iso } from '../../src/domain/time';
import { activities, SHORT, UNDO } from './activities';
import { isSearchable } from './attributes';
import { waitFor } from './clock';
import type { PipelineRun } from './pipeline';

/** Cancelled it is seen through: what came after the undoing would stay. */
const run = activities({ ...SHORT, cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED });
const undo = activities(UNDO);

/**
 * How long a rollout is waited for before the ledger is looked at, in milliseconds: at first, and at most. It reports
 * its end itself, but a switch does not; what is held for weeks would fill the history.
 */
const PATIENCE_MS = {
  switched: { first: 1_000, most: 10 * 60_000 },
  ended: { first: 10 * 60_000, most: 24 * 60 * 60_000 },
} as const;

type DeployingStage = RunStage & { readonly deployment: NonNullable<RunStage['deployment']> };

/** Registers the stage's model and lets it serve by its strategy; the deployment decides. */
export async function deployStage(pipeline: PipelineRun, stage: DeployingStage, end: EndedStage): Promise<EndedStage> {
  const { run: id } = pipeline.opened;
  const { name, deployment } = stage;
  const { strategy } = deployment;
  const { version } = await run.registerStageModel({ run: id, stage: name }, `register the model of ${name}`);
  await run.decideDeployment(
    request(pipeline, stage, 'deploy', {
      kind: 'deploy',
      version,
      strategy,
      clock: 'wall',
      reportTo: workflowInfo().workflowId,
    }),
    `deploy ${deployment.model}@${version} by ${strategy.kind}`,
  );
  const rollout = strategy.kind === 'direct' ? null : await endOf(pipeline, stage, version);
  if (rollout === null || rollout.outcome === 'promoted') return { ...end, version };
  return { outcome: 'failed', source: 'run', version, reason: `${rollout.outcome}: ${rollout.reasons.join('; ')}` };
}

/** Makes sure that what the stage may have registered does not serve, and archives it. */
export async function withdrawStage(pipeline: PipelineRun, stage: DeployingStage): Promise<void> {
  const { run: id } = pipeline.opened;
  const { name } = stage;
  const version = pipeline.endOf(name)?.version ?? (await registered(id, name));
  if (version === null) return;
  await undo.decideDeployment(
    request(pipeline, stage, 'withdraw', { kind: 'withdraw', version }),
    `undo: ${stage.deployment.model}@${version} must not serve`,
  );
  await undo.archiveStageModel(
    { run: id, stage: name, reason: 'the run was undone' },
    `undo: archive version ${version}`,
  );
}

/** What a stage that did not end well has registered all the same. */
async function registered(id: string, stage: string): Promise<number | null> {
  const found = await undo.findStageModel({ run: id, stage }, `has ${stage} registered a version?`);
  return found?.version ?? null;
}

/** A version that is switched to serves: the stage does not wait until the old one is drained. */
async function endOf(pipeline: PipelineRun, stage: DeployingStage, version: number): Promise<RolloutEnd> {
  const { strategy, model, environment } = stage.deployment;
  const rollout = keyOf(pipeline, stage, 'deploy');
  const known = () => pipeline.rollouts.find(({ id }) => id === rollout) ?? null;
  const switches = strategy.kind === 'blue-green';
  const { first, most } = switches ? PATIENCE_MS.switched : PATIENCE_MS.ended;
  for (let wait: number = first; ; wait = Math.min(wait * 2, most)) {
    if (await waitFor(() => known() !== null, wait)) return known()!;
    const serving = await run.loadDeployment({ model, environment }, `does version ${version} serve?`);
    if (serving?.rollout === rollout && !(switches && serving.champion === version)) continue;
    const outcome = serving?.champion === version ? 'promoted' : 'aborted';
    const reasons = [`version ${serving?.champion ?? 'none'} serves`];
    return { id: rollout, version, outcome, at: iso(Date.now()), reasons };
  }
}

function request(
  pipeline: PipelineRun,
  stage: DeployingStage,
  what: 'deploy' | 'withdraw',
  action: DeploymentRequest['action'],
): DeploymentRequest {
  const { run: id, pipeline: name } = pipeline.opened;
  const { model, environment } = stage.deployment;
  const target: ModelTarget = { model, environment };
  return {
    target,
    key: keyOf(pipeline, stage, what),
    reason: what === 'deploy' ? `pipeline ${name}, stage ${stage.name}` : `pipeline ${name} was undone`,
    who: `pipeline ${name}`.slice(0, 100),
    effectiveAt: iso(Date.now()),
    searchable: isSearchable(),
    evidence: [`run ${id}`],
    action,
  };
}

function keyOf({ opened }: PipelineRun, { name }: RunStage, what: 'deploy' | 'withdraw'): string {
  return `${opened.run}/${name}/${what}`;
}
