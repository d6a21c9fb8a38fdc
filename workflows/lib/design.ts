import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type {
  DesignEvidence,
  DesignLook,
  DesignResult,
  DesignState,
  ExperimentDesign,
  ExperimentEvent,
  Instant,
  RampDesign,
  Recommendation,
  StopDesign,
} from '../../src/contracts';
import { brief, decideDesign } from '../../src/domain/experiment-decision';
import {
  endOfExposure,
  exposureMs,
  nextStep,
  plannedLooksOf,
  stepOfRamp,
  weightsWithout,
} from '../../src/domain/experiment-schedule';
import type { DueStep } from '../../src/domain/experiment-schedule';
import { iso, ms } from '../../src/domain/time';
import { ANALYSIS, activities, SHORT } from './activities';
import { Clock } from './clock';
import { act } from './design-action';
import { looksOf, questionOf, REASONS } from './design-evidence';
import * as rules from './design-rules';
import { Serial } from './loop';

const run = activities(SHORT);
const analysing = activities(ANALYSIS);

/** Who is said to have done what the workflow does by itself. */
const ITSELF = 'experiment';

/** Looks of an always-valid plan that travel from run to run: the record has all. */
const KEPT_LOOKS = 10;

/** A designed experiment's state, what it does when time has passed, and what people make it do. */
export class Design {
  readonly design: ExperimentDesign;
  state: DesignState;
  readonly clock: Clock;
  result: DesignResult | null = null;
  /** The state as lists show it; written only when it changes. */
  shown: string | null = null;
  private stopping: StopDesign | null = null;
  private analysing: CancellationScope | null = null;
  private readonly turns = new Serial();

  constructor(design: ExperimentDesign, state: DesignState) {
    this.design = design;
    this.state = state;
    this.clock = new Clock(design.clock, () => this.state.watermark);
  }

  /** The next thing that is due, or null. */
  next(): DueStep | null {
    return this.result === null ? nextStep(this.design, this.state) : null;
  }

  pending(): boolean {
    if (this.result !== null) return false;
    if (this.state.plan === null || this.stopping !== null) return true;
    const now = this.clock.now();
    if (this.clock.kind === 'data' && now !== null && now > (this.state.settledThrough ?? '')) return true;
    return this.clock.reached(this.next()?.at ?? null);
  }

  /** Does the next thing that is due; when nothing is left it says how far it has come. */
  async act(): Promise<void> {
    await this.turns.run(async () => {
      if (this.state.plan === null) await this.open();
      const now = this.clock.now();
      const step = this.next();
      if (this.stopping === null && step !== null && this.clock.reached(step.at)) await this.take(step);
      if (this.stopping !== null && this.result === null) await this.stopNow(this.stopping);
      const more = this.clock.reached(this.next()?.at ?? null);
      if (now !== null && !more) this.state = { ...this.state, settledThrough: now };
    });
  }

  /** A person ends it; the loop does the work, and does not wait for an analysis that goes on. */
  stop(command: StopDesign): void {
    this.stopping ??= command;
    this.analysing?.cancel();
  }

  /** Records the end of a run that was cancelled or failed. */
  async cancel(reason: string): Promise<void> {
    if (this.result !== null) return;
    await CancellationScope.nonCancellable(async () => {
      if (this.state.plan === null) await this.open();
      await this.end({ decision: 'stop', variant: null, drop: [], reasons: [reason] }, this.present());
    });
  }

  /** Begins exposure at an instant: at once, or when it comes. */
  async begin(given: Instant | undefined, who: string, reason: string): Promise<void> {
    await this.turn(
      () => rules.mayStart(this, given),
      async () => {
        const at = given === undefined ? this.present() : iso(ms(given));
        if (this.clock.reached(at)) return this.start(at, who, reason);
        const event = { kind: 'scheduled', at: this.present(), who, reason: `${at}: ${reason}` } as const;
        return this.publish({ phase: 'scheduled', start: at }, event);
      },
    );
  }

  /** Lets more units in; nobody changes variant. */
  async ramp({ coverage, who, reason }: RampDesign): Promise<void> {
    const at = this.present();
    await this.turn(
      () => rules.mayRamp(this, coverage),
      () => {
        const { ramp, allocation } = this.design;
        const to = coverage ?? ramp[this.state.step + 1]?.coverage ?? allocation;
        return this.rampTo(to, stepOfRamp(this.design, to), at, who, reason);
      },
    );
  }

  /** A longer exposure. */
  async extend(duration: string, who: string, reason: string): Promise<void> {
    await this.turn(
      () => rules.mayExtend(this, duration),
      () => {
        const end = endOfExposure(this.state.start!, duration);
        return this.publish({ end }, { kind: 'extended', at: this.present(), who, reason });
      },
    );
  }

  /** A variant takes no new units. */
  async drop(variant: string, who: string, reason: string): Promise<void> {
    const at = this.present();
    await this.turn(
      () => rules.mayDrop(this, variant),
      () => this.dropAt(variant, at, who, reason),
    );
  }

  /** What a person asked for waits for its turn, and is refused if something came in between that it does not fit. */
  private async turn(check: () => void, work: () => Promise<void>): Promise<void> {
    await this.turns.run(async () => {
      check();
      await work();
    });
  }

  /** Results now: nothing is spent, nothing decided. */
  async peek(): Promise<DesignEvidence> {
    const at = this.present();
    const { end } = this.state;
    const exposedTo = end !== null && end < at ? end : at;
    return analysing.analyseDesign(questionOf(this, { kind: 'peek', at, exposedTo }, null), 'a peek: decides nothing');
  }

  /** The present by its clock; on the data clock before any watermark, the start or the wall clock. */
  present(): Instant {
    return this.clock.now() ?? this.state.start ?? iso(Date.now());
  }

  private async open(): Promise<void> {
    const { design } = this;
    if (design.start !== 'draft') rules.mayBegin(this, design.start);
    const at = design.start === 'draft' ? this.present() : design.start;
    const plan = await run.openDesign({ design, at }, 'sample size and duration');
    const scheduled = design.start === 'draft' ? {} : { phase: 'scheduled' as const, start: design.start };
    const reason = plan.warnings.length === 0 ? design.hypothesis : plan.warnings.join('; ');
    await this.publish({ plan, ...scheduled }, { kind: 'created', at, who: design.owner, reason });
  }

  private async take(step: DueStep): Promise<void> {
    if (step.kind === 'begin') return this.start(step.at, ITSELF, 'the start has come');
    if (step.kind === 'ramp')
      return this.rampTo(step.coverage, step.step, step.at, ITSELF, `step ${step.step} of the ramp`);
    const planned = plannedLooksOf(this.design, exposureMs(this.state));
    const k = step.kind === 'look' ? step.k : null;
    const summary = k === null ? 'guardrails and split' : `look ${k} of ${planned}`;
    const evidence = await this.analyse(step, k, summary);
    if (evidence === null) return;
    const recommendation = decideDesign(evidence, this.design, {
      kind: step.kind,
      isLast: k === planned,
      elapsedMs: ms(step.exposedTo) - ms(this.state.start!),
      dropped: this.state.dropped,
    });
    await this.record(evidence, step.kind, recommendation);
    for (const variant of recommendation.drop)
      await this.dropAt(variant, step.at, ITSELF, recommendation.reasons.join('; ').slice(0, 500));
    if (recommendation.decision !== 'continue') await this.end(recommendation, step.at);
  }

  /** Null where a person ends the experiment meanwhile. */
  private async analyse(step: Extract<DueStep, { exposedTo: Instant }>, k: number | null, summary: string) {
    this.analysing = new CancellationScope();
    try {
      return await this.analysing.run(() => analysing.analyseDesign(questionOf(this, step, k), summary));
    } catch (error) {
      if (this.stopping !== null && isCancellation(error)) return null;
      throw error;
    } finally {
      this.analysing = null;
    }
  }

  private async record(evidence: DesignEvidence, kind: DesignLook['kind'], recommendation: Recommendation) {
    const { recorded, kept } = looksOf(evidence, kind, recommendation);
    const summary = `${recorded.k === null ? 'check' : `look ${recorded.k}`}: ${recommendation.decision}`;
    await run.recordDecision({ id: this.design.id, look: recorded }, summary);
    const looks = kind === 'look' ? [...this.state.looks, kept] : this.state.looks;
    this.state = {
      ...this.state,
      looks: this.design.sequential.kind === 'spending' ? looks : looks.slice(-KEPT_LOOKS),
      lastCheck: kind === 'check' ? kept : this.state.lastCheck,
      sampleRatioP: recorded.sampleRatioP,
    };
  }

  private async start(at: Instant, who: string, reason: string): Promise<void> {
    const { ramp, allocation, duration } = this.design;
    const coverage = ramp[0]?.coverage ?? allocation;
    const epochs = [{ from: at, weights: weightsWithout(this.design, []) }];
    const end = endOfExposure(at, duration);
    const change = { phase: 'running', start: at, end, coverage, step: 0, stepAt: at, epochs } as const;
    await this.publish(change, { kind: 'started', at, who, reason });
  }

  private async rampTo(coverage: number, step: number, at: Instant, who: string, reason: string): Promise<void> {
    await this.publish({ coverage, step, stepAt: at }, { kind: 'ramped', at, who, reason: `${coverage}: ${reason}` });
  }

  private async dropAt(variant: string, at: Instant, who: string, reason: string): Promise<void> {
    if (this.state.dropped.includes(variant)) return;
    const dropped = [...this.state.dropped, variant];
    const epochs = [...this.state.epochs, { from: at, weights: weightsWithout(this.design, dropped) }];
    await this.publish({ dropped, epochs }, { kind: 'dropped', at, who, reason: `${variant}: ${reason}` });
  }

  private async stopNow({ decision, reason, who }: StopDesign): Promise<void> {
    const reasons = [`${reason} (${who})`];
    await this.end({ decision: decision ?? 'stop', variant: null, drop: [], reasons }, this.present());
  }

  /** Once it is decided nothing cuts it off: the record never says less than was done. */
  private async end(found: Recommendation, at: Instant): Promise<void> {
    await CancellationScope.nonCancellable(() => this.decided(found, at));
  }

  private async decided({ decision, variant, reasons: all }: Recommendation, at: Instant): Promise<void> {
    if (decision === 'continue') return;
    const reasons = brief(all, REASONS.recorded);
    const { start, end } = this.state;
    const reason = reasons.join('; ').slice(0, 500);
    await this.publish({ phase: 'decided' }, { kind: 'decided', at, who: ITSELF, reason: `${decision}: ${reason}` });
    const action = await act(this.design, { decision, variant, reason, at }).catch((error: unknown) => {
      // A deployment that refuses does not undo the finding: it is said, and the experiment ends.
      if (!(error instanceof ActivityFailure)) throw error;
      return { acted: 'nothing' as const, said: `nothing: ${error.cause?.message ?? error.message}` };
    });
    await this.publish({}, { kind: 'acted', at, who: ITSELF, reason: action.said });
    const to = end !== null && end < at ? end : at;
    const result: DesignResult = {
      id: this.design.id,
      ...{ decision, variant, reasons, decidedAt: at, from: start, to: start === null ? null : to },
      acted: action.acted,
    };
    await run.closeDesign({ result }, decision);
    await this.publish({ phase: 'archived' }, { kind: 'archived', at, who: ITSELF, reason: decision });
    this.result = result;
  }

  /** Tells the record first: assigners see a change before anybody is told that it is so. */
  private async publish(change: Partial<DesignState>, event: ExperimentEvent): Promise<void> {
    const next = { ...this.state, ...change, events: this.state.events + 1 };
    const { phase, start, end, coverage, dropped, events } = next;
    const input = { id: this.design.id, phase, start, end, coverage, dropped, number: events, event };
    // Its place in the record is taken once: an end that comes meanwhile must come after it.
    await CancellationScope.nonCancellable(() =>
      run.publishDesign(input, `${event.kind}: ${event.reason}`.slice(0, 200)),
    );
    this.state = { ...this.state, ...change, events };
  }
}
