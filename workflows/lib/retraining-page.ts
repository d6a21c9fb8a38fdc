import type { RetrainingPhase, RetrainingStatus } from '../../src/contracts';
import { approvalPolicyOf } from '../../src/domain/retraining';
import { facts, plain, showState } from './attributes';

/** What an operator reads in the Temporal UI: where it stands, why it runs, what it found and how it ended. */
export function showRetraining(status: RetrainingStatus): void {
  const { spec, phase, reasons, snapshot, gate, challenger, experiment, result, waitsUntil, approval } = status;
  const state = result?.decision ?? (phase === 'compensation-failed' ? 'COMPENSATION_FAILED' : phase);
  const interval = gate?.intervals?.challenger ?? null;
  showState(state, [
    `**${spec.model}** in **${spec.environment}** · ${state}`,
    '',
    stepsLine(status),
    ...facts([
      ['asked for at', spec.at],
      ['rows', snapshot?.rows ?? null],
      ['dataset', snapshot?.dataset ?? null],
      [`champion on the hold-out, ${spec.metric}`, gate?.champion[gate.metric] ?? null],
      [`challenger on the hold-out, ${spec.metric}`, gate?.challenger[gate.metric] ?? null],
      ['its 95 % interval', interval === null ? null : interval.map((end) => end.toFixed(4)).join(' to ')],
      ['challenger', challenger === null ? null : `${spec.model}@${challenger}`],
      ['experiment', experiment],
      ...(approval === undefined
        ? []
        : [
            [
              'approval',
              `${approval.approved ? 'approved' : 'rejected'} by ${approval.who}: ${approval.reason}`,
            ] as const,
          ]),
      ...(waitsUntil === undefined ? [] : [['waits until', waitsUntil] as const]),
    ]),
    '**Why**',
    ...reasons.map((reason) => `- ${plain(reason)}`),
    ...(result === null ? [] : ['', '**How it ended**', ...result.reasons.map((reason) => `- ${plain(reason)}`)]),
    ...whatToSend(status),
  ]);
}

/** `✓ snapshot · ✓ quality · ▶ training · gate · …` */
function stepsLine({ phase, result, spec }: RetrainingStatus): string {
  const { policy } = spec;
  const deploys = (policy.strategy ?? { kind: 'experiment' }).kind === 'experiment' ? 'experiment' : 'deploying';
  const steps: RetrainingPhase[] = [
    ...(['snapshot', 'quality', 'training', 'gate', 'registering'] as const),
    ...(approvalPolicyOf(policy) === null ? [] : (['approval'] as const)),
    deploys,
    ...(policy.bake === undefined ? [] : (['baking'] as const)),
  ];
  const at = result?.decision === 'promoted' ? steps.length : steps.indexOf(phase);
  const shown = steps.map((step, index) => (index < at ? `✓ ${step}` : index === at ? `▶ ${step}` : step));
  if (at >= 0) return shown.join(' · ');
  return phase === 'opening' ? steps.join(' · ') : `${phase === 'closed' ? 'undone' : phase}: ${steps.join(' · ')}`;
}

function whatToSend({ phase, failedCompensations }: RetrainingStatus): string[] {
  if (phase === 'approval') return ['', '**A person is waited for**: send the update `approve` or `reject`.'];
  return failedCompensations.map(
    (step) => `\n**COMPENSATION_FAILED ${step}**: mend it and send the update \`resolveCompensation\`.`,
  );
}
