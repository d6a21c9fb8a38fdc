import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { ActivityCancellationType, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts';
import type { DeploymentRequest, EndedStage, ModelTarget, RolloutEnd, RunStage } from '../../src/contracts';
import { iso } from '../../src/domain/time';
import { activities, SHORT, UNDO } from './activities';
import { isSearchable } from './attributes';
import { waitFor } from './clock';
import { isRecord } from './guards';
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
  turn: { first: 2_000, most: 2 * 60_000 },
} as const;

type DeployingStage = RunStage & { readonly deployment: NonNullable<RunStage['deployment']> };

/** Registers the stage's model and lets it serve by its strategy; the deployment decides. */
export async function deployStage(pipeline: PipelineRun, stage: DeployingStage, end: EndedStage): Promise<EndedStage> {
  const { run: id } = pipeline.opened;
  const { name, deployment } = stage;
  const { strategy } = deployment;
  const { version } = await run.registerStageModel({ run: id, stage: name }, `register the model of ${name}`);
  const reportTo = workflowInfo().workflowId;
  const request = requestOf(pipeline, stage, 'deploy', { kind: 'deploy', version, strategy, clock: 'wall', reportTo });
  const key = await inTurn(stage, request, `deploy ${deployment.model}@${version} by ${strategy.kind}`);
  const rollout = strategy.kind === 'direct' ? null : await endOf(pipeline, stage, version, key);
  if (rollout === null || rollout.outcome === 'promoted') return { ...end, version };
  return { outcome: 'failed', source: 'run', version, reason: `${rollout.outcome}: ${rollout.reasons.join('; ')}` };
}

/**
 * Asks for a decision. One rollout at a time: another one, a drain as well, is waited for, for as long as a try of the
 * stage may take.
 * @returns the key that was decided: what was refused under one stays refused
 */
async function inTurn({ timeoutMs }: RunStage, request: DeploymentRequest, summary: string): Promise<string> {
  const until = Date.now() + timeoutMs;
  const { first, most } = PATIENCE_MS.turn;
  for (let [turn, wait] = [1, first as number]; ; turn += 1, wait = Math.min(wait * 2, most)) {
    const key = turn === 1 ? request.key : `${request.key}.${turn}`;
    try {
      await run.decideDeployment({ ...request, key, effectiveAt: iso(Date.now()) }, summary);
      return key;
    } catch (error) {
      const left = until - Date.now();
      if (!isTaken(error) || left <= 0) throw error;
      await waitFor(() => false, Math.min(wait, left));
    }
  }
}

/** Whether the deployment has another rollout under way. */
function isTaken(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== failureTypes.conflict) return false;
  const [detail] = cause.details ?? [];
  return isRecord(detail) && typeof detail.rollout === 'string';
}

/** Makes sure that what the stage may have registered does not serve, and archives it. */
export async function withdrawStage(pipeline: PipelineRun, stage: DeployingStage): Promise<void> {
  const { run: id } = pipeline.opened;
  const { name } = stage;
  const version = pipeline.endOf(name)?.version ?? (await registered(id, name));
  if (version === null) return;
  await undo.decideDeployment(
    requestOf(pipeline, stage, 'withdraw', { kind: 'withdraw', version }),
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
async function endOf(
  pipeline: PipelineRun,
  stage: DeployingStage,
  version: number,
  rollout: string,
): Promise<RolloutEnd> {
  const { strategy, model, environment } = stage.deployment;
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

function requestOf(
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
