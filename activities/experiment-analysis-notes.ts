import type { ExperimentSums } from '../src/contracts';
import type { ClaimContext, Draft } from './experiment-analysis-compare';
import { hasMargin } from './experiment-analysis-guardrail';

const SPENDINGS = { 'obrien-fleming': "O'Brien-Fleming", pocock: 'Pocock' } as const;

/** What a reader of an analysis should know. */
export function notesOn(
  sums: ExperimentSums,
  drafts: readonly Draft[],
  context: ClaimContext,
  novelty: readonly string[],
): string[] {
  const { design } = context.input;
  const adjusted = design.metrics.filter(({ lookBack }) => lookBack !== null).map(({ name }) => name);
  const helpless = drafts.filter((draft) => draft.metric.role === 'guardrail' && !hasMargin(draft));
  return [
    ruleOf(drafts, context),
    ...(adjusted.length === 0 ? [] : [`adjusted by the time before exposure (CUPED): ${adjusted.join(', ')}`]),
    ...(design.metrics.some(({ role }) => role === 'guardrail')
      ? [
          'guardrails: breach by the always-valid one-sided bound, margins relative; at a look their intervals are at 1 − 2α',
        ]
      : []),
    ...helpless.map(
      ({ metric, variant }) =>
        `${metric.name} of ${variant}: the control's mean is not above 0, so any loss that is shown is a breach`,
    ),
    ...(sums.segments.length === 0
      ? []
      : [
          'segments: Holm over the values of an attribute, per metric and variant; not adjusted for looks, nothing is decided on them',
        ]),
    ...novelty.map((metric) => `${metric}: the effect on units of the first week differs from that on later ones`),
  ];
}

function ruleOf(drafts: readonly Draft[], { input, mayClaim }: ClaimContext): string {
  const { design, kind, k, planned } = input;
  const size = drafts.filter(({ metric }) => metric.role === 'success').length;
  const family = `success metrics: ${size} comparison${size === 1 ? '' : 's'}, Holm`;
  if (kind !== 'look') return `a ${kind} claims nothing about success metrics: intervals are always-valid ones`;
  if (!mayClaim) return `look ${k} of ${planned} claims nothing`;
  if (design.sequential.kind === 'always-valid') return `${family} over always-valid p-values`;
  return `${family} over ${SPENDINGS[design.sequential.spending]} bounds, look ${k} of ${planned}; their intervals have the bound's level`;
}
