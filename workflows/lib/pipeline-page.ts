import type { PipelinePhase, PipelineStatus } from '../../src/contracts';
import { facts, plain, showDetails, showState, table } from './attributes';

/** Stages that are shown at most; the others are counted. */
const SHOWN = 100;

/** What an operator reads in the Temporal UI: every stage, who is waited for, how it ended. */
export function showPipeline(status: PipelineStatus, phase?: PipelinePhase): void {
  const { result, pipeline, day, digest, stages, approvals, failedCompensations } = status;
  const state = result?.decision ?? (status.phase === 'compensation-failed' ? 'COMPENSATION_FAILED' : status.phase);
  const counted = new Map<string, number>();
  for (const { standing } of stages) counted.set(standing, (counted.get(standing) ?? 0) + 1);
  const lines = [
    `**${pipeline ?? 'pipeline'}** · ${state}`,
    ...facts([
      ['date', day],
      ['digest', digest?.slice(0, 12) ?? null],
      ['stages', [...counted].map(([standing, count]) => `${count} ${standing}`).join(', ')],
    ]),
    ...table(
      ['stage', 'stands', 'from', 'why'],
      stages
        .slice(0, SHOWN)
        .map(({ name, standing, source, reason }) => [name, standing, source ?? null, reason?.slice(0, 80) ?? null]),
    ),
    ...(stages.length > SHOWN ? [`and ${stages.length - SHOWN} more`] : []),
    ...approvals.map(
      ({ stage, message, until }) =>
        `\n**A person is waited for**${until === null ? '' : ` until ${until}`}: ${plain(message)}. Send the update \`approveStage\` for ${stage}.`,
    ),
    ...failedCompensations.map(
      (stage) => `\n**COMPENSATION_FAILED ${stage}**: mend it and send the update \`resolveCompensation\`.`,
    ),
    ...(result === null || result.reasons.length === 0
      ? []
      : ['', '**How it ended**', ...result.reasons.map((reason) => `- ${plain(reason)}`)]),
  ];
  if (phase === undefined) showDetails(lines);
  else showState(state, lines);
}
