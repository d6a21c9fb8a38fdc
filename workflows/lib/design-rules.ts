import { DESIGN_LIMITS } from '../../src/contracts';
import type { DesignResult, DesignState, ExperimentDesign, Instant } from '../../src/contracts';
import { checksOf, endOfExposure, exposureMs } from '../../src/domain/experiment-schedule';
import { durationMs, iso, ms } from '../../src/domain/time';
import type { Clock } from './clock';
import { conflict, isInstant, refuseUnless } from './guards';

/** What a person's decision must fit: when it comes, and again when its turn has come. */
interface Standing {
  readonly design: ExperimentDesign;
  readonly state: DesignState;
  readonly result: DesignResult | null;
  readonly clock: Clock;
}

/** Refuses what comes too late. */
export function undecided({ result }: Standing): void {
  if (result !== null) throw conflict(`the experiment is decided: ${result.decision}`);
}

/** Refuses what only a running experiment takes. */
export function running(standing: Standing): void {
  undecided(standing);
  const { phase } = standing.state;
  if (phase !== 'running') throw conflict(`the experiment is ${phase}, not running`);
}

/** Refuses a second start, and one whose exposure is over before it begins. */
export function mayStart(standing: Standing, at: unknown): void {
  refuseUnless(at === undefined || isInstant(at), 'at', at, 'an ISO instant');
  undecided(standing);
  if (standing.state.phase === 'running') throw conflict('the experiment runs already');
  if (at !== undefined) mayBegin(standing, iso(ms(at)));
}

/** Refuses an exposure that is over: nobody would meet a variant. On the data clock time has yet to come. */
export function mayBegin({ design, clock }: Standing, at: Instant): void {
  const isOver = clock.kind === 'wall' && clock.reached(endOfExposure(at, design.duration));
  refuseUnless(!isOver, 'start', at, `an instant less than ${design.duration} ago: its exposure is over`);
}

/** Refuses a ramp that goes down, or beyond everybody. */
export function mayRamp(standing: Standing, coverage: unknown): void {
  running(standing);
  const { design, state } = standing;
  const present = state.coverage;
  const fine =
    coverage === undefined
      ? present < design.allocation
      : typeof coverage === 'number' && coverage > present && coverage <= 1;
  refuseUnless(fine, 'coverage', coverage ?? present, `a share above the present ${present}, at most 1`);
}

/** Refuses an exposure that is not longer, or so long that its checks would fill the record. */
export function mayExtend(standing: Standing, duration: unknown): void {
  running(standing);
  const text = String(duration);
  refuseUnless(/^\d+(\.\d+)?(ms|s|m|h|d|w)$/.test(text), 'duration', duration, 'a duration such as 42d');
  const present = exposureMs(standing.state);
  refuseUnless(durationMs(text) > present, 'duration', duration, `more than the present ${present} ms`);
  const most = DESIGN_LIMITS.checks;
  const expected = `no more than ${most} checks, one every ${standing.design.checkEvery}`;
  refuseUnless(checksOf(standing.design, durationMs(text)) <= most, 'duration', duration, expected);
}

/** Refuses to drop the control, what is dropped, or the last variant beside the control. */
export function mayDrop(standing: Standing, variant: unknown): void {
  running(standing);
  const [, ...treatments] = standing.design.variants.map(({ name }) => name);
  const live = treatments.filter((name) => !standing.state.dropped.includes(name));
  const fine = live.includes(variant as string) && live.length > 1;
  const expected =
    live.length > 1 ? `one of ${live.join(', ')}` : 'nothing: the last variant beside the control goes by stop';
  refuseUnless(fine, 'variant', variant, expected);
}
