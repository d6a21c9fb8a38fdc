import type {
  AnalyseDesignInput,
  DesignEvidence,
  DesignLook,
  DesignState,
  ExperimentDesign,
  Recommendation,
} from '../../src/contracts';
import { brief } from '../../src/domain/experiment-decision';
import { exposureMs, plannedLooksOf } from '../../src/domain/experiment-schedule';

/** Characters of the reasons of a look: in the record, and as they travel from run to run. */
export const REASONS = { recorded: 2_000, kept: 200 } as const;

/** What an analysis is asked. */
export function questionOf(
  { design, state }: { readonly design: ExperimentDesign; readonly state: DesignState },
  { kind, at, exposedTo }: Pick<AnalyseDesignInput, 'kind' | 'at' | 'exposedTo'>,
  k: number | null,
): AnalyseDesignInput {
  return {
    design,
    ...{ kind, at, exposedTo, k },
    planned: plannedLooksOf(design, exposureMs(state)),
    from: state.start!,
    ...{ dropped: state.dropped, epochs: state.epochs },
    // A look that could claim nothing has spent nothing.
    previous: state.looks
      .filter(({ status }) => status === 'ok')
      .map((look) => ({ k: look.k!, units: liveUnits(design, state, look) })),
    previousSampleRatioP: state.sampleRatioP,
  };
}

/** What a look knew of the variants that are left: units of a dropped one would pass for information on the others. */
function liveUnits({ variants }: ExperimentDesign, { dropped }: DesignState, { byVariant }: DesignLook): number {
  return byVariant.reduce((sum, units, index) => (dropped.includes(variants[index]!.name) ? sum : sum + units), 0);
}

/** A look or check with its decision: as the record has it, and in the words that travel from run to run. */
export function looksOf(
  { k, at, exposedTo, status, sampleRatio, units }: DesignEvidence,
  kind: DesignLook['kind'],
  recommendation: Recommendation,
): { readonly recorded: DesignLook; readonly kept: DesignLook } {
  const all = units.reduce((sum, variant) => sum + variant.units, 0);
  const byVariant = units.map((variant) => variant.units);
  const facts = { kind, k, at, exposedTo, status, units: all, byVariant, sampleRatioP: sampleRatio.sequentialP };
  const saying = (most: number): DesignLook => ({
    ...facts,
    recommendation: { ...recommendation, reasons: brief(recommendation.reasons, most) },
  });
  return { recorded: saying(REASONS.recorded), kept: saying(REASONS.kept) };
}
