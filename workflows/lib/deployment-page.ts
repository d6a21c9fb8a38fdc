import type { DeploymentState, Rollout, RolloutEnd } from '../../src/contracts';
import { facts, plain, showState } from './attributes';

/** Shows what serves, the rollout under way and how the last one ended. */
export function showDeployment({ serving, rollout = null, lastRollout = null }: DeploymentState): void {
  if (serving === null) {
    showState('empty', ['Nothing is deployed yet.']);
    return;
  }
  const { split } = serving;
  showState(rollout !== null ? 'rolling-out' : split === null ? 'serving' : 'split', [
    `**${serving.model}** in **${serving.environment}**`,
    ...facts([
      ['champion', serving.champion],
      ['challenger', serving.challenger],
      ['share of the challenger', split?.allocation ?? null],
      ['experiment', split?.experiment ?? null],
      ['previous champion', serving.previous],
      ['effective at', serving.effectiveAt],
      ['fencing token', serving.token],
    ]),
    ...(rollout === null ? [] : underWay(rollout)),
    ...(lastRollout === null ? [] : ended(lastRollout)),
  ]);
}

function underWay({ id, version, strategy, phase, step, held, dueAt, findings }: Rollout): string[] {
  const steps =
    strategy.kind === 'canary' ? `${phase === 'stepping' ? step + 1 : 0} of ${strategy.steps.length}` : null;
  return [
    `**Rollout** of version **${version}**: ${strategy.kind}`,
    ...facts([
      ['id', id],
      ['phase', phase],
      ['step', steps],
      ['held again', held],
      ['next judgement', dueAt ?? 'at once'],
    ]),
    ...findings.map((finding) => `- ${plain(finding)}`),
    '',
  ];
}

function ended({ id, version, outcome, at, reasons }: RolloutEnd): string[] {
  return [
    `**Last rollout**, of version **${version}**: ${outcome}`,
    ...facts([
      ['id', id],
      ['at', at],
    ]),
    ...reasons.map((reason) => `- ${plain(reason)}`),
    '',
  ];
}
