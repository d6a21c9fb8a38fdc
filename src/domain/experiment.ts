import { MINIMUM_PER_ARM, SAMPLE_RATIO_ALARM } from '../contracts';
import type { ExperimentDecision, ExperimentSpec, Instant, Look } from '../contracts';
import { shown } from './shown';
import { after, durationMs, iso, ms } from './time';

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/** One planned analysis: rows exposed before `exposedTo`, judged at `at`, one label maturity later. */
export interface PlannedLook {
  readonly k: number;
  readonly exposedTo: Instant;
  readonly at: Instant;
}

/** Weekly looks over the exposure; the last one falls at its end, however long it is. */
export function plannedLooks(spec: Pick<ExperimentSpec, 'start' | 'labelMaturity'>, end: Instant): PlannedLook[] {
  const looks = Math.max(1, Math.ceil((ms(end) - ms(spec.start)) / WEEK_MS));
  return Array.from({ length: looks }, (_, index) => {
    const k = index + 1;
    const exposedTo = k === looks ? end : iso(ms(spec.start) + k * WEEK_MS);
    return { k, exposedTo, at: after(exposedTo, spec.labelMaturity) };
  });
}

/** End of exposure of a spec, before any extension. */
export function exposureEnd(spec: Pick<ExperimentSpec, 'start' | 'duration'>): Instant {
  return iso(ms(spec.start) + durationMs(spec.duration));
}

/** A decision with its reasons. */
export interface Verdict {
  readonly decision: ExperimentDecision | 'continue';
  readonly reasons: readonly string[];
}

/**
 * What a look decides, in this order: a broken split is `invalid`; a bound crossed downwards is `rollback`, upwards
 * `ship`; otherwise `continue`, and `inconclusive` at the last look. Before the last look only `invalid` decides
 * unless the experiment may stop early.
 */
export function decideLook(spec: ExperimentSpec, look: Omit<Look, 'decision'>, isLast: boolean): Verdict {
  if (look.sampleRatioP < SAMPLE_RATIO_ALARM) {
    const [champion, challenger] = look.arms;
    return {
      decision: 'invalid',
      reasons: [
        `the split is broken: ${champion.exposed} against ${challenger.exposed} rows, sequential sample-ratio p ${shown(look.sampleRatioP)} < ${SAMPLE_RATIO_ALARM}`,
      ],
    };
  }
  if (!isLast && !spec.earlyStop) return { decision: 'continue', reasons: ['decides at the last look only'] };
  const crossed = crossedBound(spec, look);
  if (crossed) return crossed;
  if (!isLast) return { decision: 'continue', reasons: [whyNot(look)] };
  return { decision: 'inconclusive', reasons: [whyNot(look)] };
}

function crossedBound(spec: ExperimentSpec, look: Omit<Look, 'decision'>): Verdict | null {
  if (look.status !== 'ok' || look.z === null || look.bound === null) return null;
  if (Math.abs(look.z) < look.bound) return null;
  const better = look.z > 0;
  const reason = `${spec.successMetric} of the challenger is significantly ${better ? 'better' : 'worse'}: difference ${shown(look.difference)}, z ${shown(look.z)} against the bound ${shown(look.bound)} at look ${look.k}`;
  return { decision: better ? 'ship' : 'rollback', reasons: [reason] };
}

function whyNot(look: Omit<Look, 'decision'>): string {
  if (look.status === 'no-data') return `look ${look.k} found no labelled rows in an arm`;
  if (look.status === 'no-new-information') return `look ${look.k} found no new labelled rows`;
  if (look.status === 'below-minimum')
    return `look ${look.k} found fewer than ${MINIMUM_PER_ARM} labelled rows in an arm`;
  return `z ${shown(look.z)} is within the bound ${shown(look.bound)} at look ${look.k}`;
}
