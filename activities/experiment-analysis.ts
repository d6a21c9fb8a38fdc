import { MINIMUM_PER_ARM } from '../src/contracts';
import type { AnalyseDesignInput, Comparison, ExperimentAnalysis, ExperimentSums, VariantSums } from '../src/contracts';
import { adjusted, claimsOf, fixedP, unclaimed } from './experiment-analysis-claims';
import { draftsOf, finish } from './experiment-analysis-compare';
import type { ClaimContext } from './experiment-analysis-compare';
import { notesOn } from './experiment-analysis-notes';
import { noveltyOf } from './experiment-analysis-novelty';
import { sampleRatioOf } from './experiment-analysis-ratio';

/**
 * Everything that is said about an experiment at a time, from sums alone. Only a planned look with new units, and
 * enough of them in every arm, claims anything about success metrics; guardrails may be breached at any time, and so
 * may the split.
 * @throws RangeError on sums that no units can have
 */
export function analyseSums(sums: ExperimentSums, input: AnalyseDesignInput): ExperimentAnalysis {
  const { design, kind, k, at, exposedTo } = input;
  const units = sums.variants.map((variant) => ({ variant: variant.variant, units: variant.units }));
  const total = units.reduce((sum, { variant, units: n }) => (input.dropped.includes(variant) ? sum : sum + n), 0);
  const status = statusOf(sums, input, total);
  const context: ClaimContext = { input, units: total, mayClaim: kind === 'look' && status === 'ok' };
  const drafts = draftsOf(design, sums.variants);
  const claims = claimsOf(drafts, context);
  const novelty = noveltyOf(design, sums.weeks);
  return {
    ...{ at, exposedTo, kind, k, status, units },
    sampleRatio: sampleRatioOf(sums.exposed, input.previousSampleRatioP),
    crossed: sums.crossed,
    comparisons: drafts.map((draft) => finish(design, draft, claims.get(draft)!)),
    segments: segmentsOf(sums, context),
    weeks: sums.weeks.map(({ week, variants }) => ({ week, comparisons: explored(variants, context) })),
    novelty,
    notes: notesOn(sums, drafts, context, novelty),
  };
}

function statusOf(
  { variants }: ExperimentSums,
  { kind, dropped, previous }: AnalyseDesignInput,
  total: number,
): ExperimentAnalysis['status'] {
  const live = variants.filter(({ variant }) => !dropped.includes(variant)).map(({ units }) => units);
  if (live.includes(0)) return 'no-data';
  if (kind === 'look' && total <= (previous.at(-1)?.units ?? 0)) return 'no-new-information';
  return Math.min(...live) < MINIMUM_PER_ARM ? 'below-minimum' : 'ok';
}

/** Comparisons that are looked at and decide nothing. */
function explored(variants: readonly VariantSums[], context: ClaimContext): Comparison[] {
  const { design } = context.input;
  return draftsOf(design, variants).map((draft) => finish(design, draft, unclaimed(context)));
}

/** The same comparisons value by value; p is Holm's over the values of an attribute. */
function segmentsOf({ segments }: ExperimentSums, context: ClaimContext): ExperimentAnalysis['segments'] {
  const { design } = context.input;
  const found = segments.map(({ attribute, value, variants }) => ({
    ...{ attribute, value },
    drafts: draftsOf(design, variants),
  }));
  return found.map(({ attribute, value, drafts }) => {
    const family = found.filter((other) => other.attribute === attribute);
    const place = family.findIndex((other) => other.value === value);
    const comparisons = drafts.map((draft, index) => {
      if (draft.metric.role === 'guardrail' || draft.test.status !== 'ok')
        return finish(design, draft, unclaimed(context));
      const ps = family.map((other) => fixedP(other.drafts[index]!));
      const { adjustedPValue, rejected } = adjusted(ps, 'holm', design.alpha)[place]!;
      const significant = context.mayClaim && rejected;
      return finish(design, draft, { ...unclaimed(context), adjustedPValue, significant });
    });
    return { attribute, value, comparisons };
  });
}
