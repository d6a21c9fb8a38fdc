import type { DesignState, Duration, ExperimentDesign, Instant } from '../contracts';
import { durationMs, iso, ms } from './time';

/** Something a designed experiment does at a time. Units first exposed before `exposedTo` are judged. */
export type DueStep =
  | { readonly kind: 'begin'; readonly at: Instant }
  | { readonly kind: 'look'; readonly at: Instant; readonly k: number; readonly exposedTo: Instant }
  | { readonly kind: 'check'; readonly at: Instant; readonly exposedTo: Instant }
  | { readonly kind: 'ramp'; readonly at: Instant; readonly coverage: number; readonly step: number };

type Scheduled = Pick<DesignState, 'phase' | 'start' | 'end' | 'step' | 'stepAt' | 'looks' | 'lastCheck'>;

/** The next thing that is due, or null when nothing is planned. Of two at one time the look comes first, then the check. */
export function nextStep(design: ExperimentDesign, state: Scheduled): DueStep | null {
  if (state.phase === 'scheduled') return { kind: 'begin', at: state.start! };
  if (state.phase !== 'running') return null;
  const steps = [nextLook(design, state), nextCheck(design, state), nextRamp(design, state)];
  return steps.reduce<DueStep | null>(
    (first, step) => (step !== null && (first === null || step.at < first.at) ? step : first),
    null,
  );
}

/** How many looks are planned. */
export function plannedLooksOf(design: ExperimentDesign, exposure: number): number {
  if (design.sequential.kind === 'spending') return design.sequential.looks;
  return Math.max(1, checksOf(design, exposure));
}

/** How often a design is looked at between its planned looks, or at all where any look may decide. */
export function checksOf({ checkEvery }: Pick<ExperimentDesign, 'checkEvery'>, exposure: number): number {
  return Math.ceil(exposure / durationMs(checkEvery));
}

/** How long after its first exposure a unit can be judged: the longest conversion window. */
export function maturityMs({ metrics }: Pick<ExperimentDesign, 'metrics'>): number {
  return Math.max(...metrics.map(({ conversionWindow }) => durationMs(conversionWindow)));
}

/** Milliseconds of exposure. */
export function exposureMs({ start, end }: Pick<DesignState, 'start' | 'end'>): number {
  return ms(end!) - ms(start!);
}

/** End of exposure of a design that begins at an instant. */
export function endOfExposure(start: Instant, duration: Duration): Instant {
  return iso(ms(start) + durationMs(duration));
}

/** Looks over the exposure, evenly spread; each falls when the windows of its units are over. */
function nextLook(design: ExperimentDesign, state: Scheduled): DueStep | null {
  const exposure = exposureMs(state);
  const planned = plannedLooksOf(design, exposure);
  const k = (state.looks.at(-1)?.k ?? 0) + 1;
  if (k > planned) return null;
  const step = design.sequential.kind === 'spending' ? exposure / planned : durationMs(design.checkEvery);
  const exposedTo = ms(state.start!) + Math.min(exposure, Math.round(k * step));
  return { kind: 'look', k, exposedTo: iso(exposedTo), at: iso(exposedTo + maturityMs(design)) };
}

/**
 * Checks between looks judge the split by all who came, and each guardrail by the units that have had its window: none
 * waits for a slower one.
 */
function nextCheck(design: ExperimentDesign, state: Scheduled): DueStep | null {
  if (design.sequential.kind === 'always-valid') return null;
  const windows = design.metrics
    .filter(({ role }) => role === 'guardrail')
    .map(({ conversionWindow }) => durationMs(conversionWindow));
  const [start, end] = [ms(state.start!), ms(state.end!)];
  const every = durationMs(design.checkEvery);
  const last = state.lastCheck === null ? start : ms(state.lastCheck.at);
  const at = start + (Math.floor((last - start) / every) + 1) * every;
  // When nobody new comes and all windows are over, what is left is for the last look.
  if (at - Math.max(0, ...windows) > end) return null;
  return { kind: 'check', at: iso(at), exposedTo: iso(Math.min(at, end)) };
}

function nextRamp({ ramp, allocation }: ExperimentDesign, state: Scheduled): DueStep | null {
  const { step, stepAt } = state;
  if (stepAt === null || step >= ramp.length) return null;
  const at = iso(ms(stepAt) + durationMs(ramp[step]!.hold));
  return { kind: 'ramp', at, coverage: ramp[step + 1]?.coverage ?? allocation, step: step + 1 };
}

/** From which step the ramp goes on after a person chose a coverage: its hold is waited for, then the next one comes. */
export function stepOfRamp({ ramp, allocation }: ExperimentDesign, coverage: number): number {
  if (coverage >= allocation) return ramp.length;
  const later = ramp.findIndex((step) => step.coverage > coverage);
  return Math.max(0, (later === -1 ? ramp.length : later) - 1);
}

/** The shares in which units are expected once some variants take no new ones. */
export function weightsWithout({ variants }: ExperimentDesign, dropped: readonly string[]): number[] {
  const weights = variants.map(({ name, weight }) => (dropped.includes(name) ? 0 : weight));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
