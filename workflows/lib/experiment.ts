import { CancellationScope, getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import { experimentReportedSignal } from '../../src/contracts';
import type {
  DeploymentRequest,
  ExperimentResult,
  ExperimentSpec,
  ExperimentState,
  Instant,
  Look,
  StopExperiment,
} from '../../src/contracts';
import { decideLook, exposureEnd, plannedLooks } from '../../src/domain/experiment';
import type { PlannedLook, Verdict } from '../../src/domain/experiment';
import { activities, SHORT } from './activities';
import { isSearchable } from './attributes';
import { Clock } from './clock';

const run = activities(SHORT);

/** The state an experiment starts with. */
export function initialExperiment(spec: ExperimentSpec): ExperimentState {
  return {
    phase: 'planning',
    plan: null,
    end: exposureEnd(spec),
    allocation: spec.allocation,
    looks: [],
    watermark: null,
    settledThrough: null,
  };
}

/** An experiment's state and what it does when time has passed. */
export class Experiment {
  readonly spec: ExperimentSpec;
  state: ExperimentState;
  readonly clock: Clock;
  result: ExperimentResult | null = null;
  private stopping: StopExperiment | null = null;
  private ramps = 0;

  constructor(spec: ExperimentSpec, state: ExperimentState) {
    this.spec = spec;
    this.state = state;
    this.clock = new Clock(spec.clock, () => this.state.watermark);
  }

  /** The next planned look, or null when it is decided. */
  nextLook(): PlannedLook | null {
    if (this.result !== null) return null;
    return plannedLooks(this.spec, this.state.end)[this.state.looks.length] ?? null;
  }

  pending(): boolean {
    if (this.result !== null) return false;
    if (this.state.phase === 'planning' || this.stopping !== null) return true;
    const now = this.clock.now();
    if (this.clock.kind === 'data') return now !== null && now > (this.state.settledThrough ?? '');
    return this.clock.reached(this.nextLook()?.at ?? null);
  }

  /** Does all that is due and says how far it has come. */
  async act(): Promise<void> {
    if (this.state.phase === 'planning') await this.open();
    const now = this.clock.now();
    for (let look = this.nextLook(); look !== null && this.clock.reached(look.at); look = this.nextLook()) {
      await this.look(look);
    }
    if (this.stopping !== null && this.result === null) await this.stopNow(this.stopping, now ?? this.spec.start);
    if (now !== null) this.state = { ...this.state, settledThrough: now };
    await this.report();
  }

  /** An operator ends it; the loop does the work. */
  stop(command: StopExperiment): void {
    this.stopping ??= command;
  }

  /** A person's new share for the challenger. */
  async ramp(allocation: number, reason: string, who: string): Promise<void> {
    this.ramps += 1;
    this.state = { ...this.state, allocation };
    const at = this.clock.now() ?? this.spec.start;
    await run.decideDeployment(
      this.split(`ramp-${allocation}-${at}-${this.ramps}`, at, who, reason),
      `share ${allocation}`,
    );
  }

  /** Gives the traffic back to the champion and records a stop; for a cancelled run. */
  async cancel(): Promise<void> {
    if (this.result !== null) return;
    await CancellationScope.nonCancellable(async () => {
      await this.end({ decision: 'stop', reasons: ['cancelled'] }, this.state.settledThrough ?? this.spec.start);
      await this.report();
    });
  }

  private async open(): Promise<void> {
    const plan = await run.openExperiment({ spec: this.spec }, 'sample size and duration');
    const reason = `experiment ${this.spec.id} starts`;
    await run.decideDeployment(this.split('split', this.spec.start, 'experiment', reason), 'divide traffic');
    this.state = { ...this.state, plan, phase: 'running', settledThrough: this.spec.start };
  }

  private async look({ k, exposedTo, at }: PlannedLook): Promise<void> {
    const planned = plannedLooks(this.spec, this.state.end).length;
    const taken = await run.takeLook(
      {
        spec: this.spec,
        k,
        planned,
        at,
        exposedTo,
        allocation: this.state.allocation,
        previous: this.state.looks.map((look) => ({ k: look.k, n: look.n })),
        previousSampleRatioP: this.state.looks.at(-1)?.sampleRatioP ?? 1,
      },
      `look ${k} of ${planned}`,
    );
    const verdict = decideLook(this.spec, taken, k === planned);
    const look: Look = { ...taken, decision: verdict.decision };
    await run.recordLook({ id: this.spec.id, look }, `look ${k}: ${verdict.decision}`);
    this.state = { ...this.state, looks: [...this.state.looks, look] };
    if (verdict.decision !== 'continue') await this.end(verdict, at);
  }

  private async stopNow({ decision, reason, who }: StopExperiment, at: Instant): Promise<void> {
    await this.end({ decision: decision ?? 'stop', reasons: [`${reason} (${who})`] }, at);
  }

  private async end({ decision, reasons }: Verdict, at: Instant): Promise<void> {
    if (decision === 'continue') return;
    const { spec, state } = this;
    const reason = `experiment ${spec.id}: ${decision}: ${reasons.join('; ')}`.slice(0, 500);
    const action: DeploymentRequest['action'] =
      decision === 'ship' ? { kind: 'promote', version: spec.challenger } : { kind: 'unsplit' };
    await run.decideDeployment(this.request('end', at, 'experiment', reason, action), action.kind);
    const result: ExperimentResult = {
      id: spec.id,
      from: spec.start,
      to: state.end,
      decidedAt: at,
      decision,
      reasons,
      champion: spec.champion,
      challenger: spec.challenger,
      plan: state.plan,
      looks: this.state.looks,
    };
    await run.closeExperiment({ result }, decision);
    this.state = { ...this.state, phase: 'archived' };
    this.result = result;
  }

  private split(step: string, at: Instant, who: string, reason: string): DeploymentRequest {
    const { id, seed, unit, challenger } = this.spec;
    const split = { experiment: id, seed, unit, allocation: this.state.allocation };
    return this.request(step, at, who, reason, { kind: 'split', challenger, split });
  }

  private request(
    step: string,
    effectiveAt: Instant,
    who: string,
    reason: string,
    action: DeploymentRequest['action'],
  ): DeploymentRequest {
    const { id, model, environment } = this.spec;
    const key = `experiment:${id}/${step}`;
    return { target: { model, environment }, key, reason, who, effectiveAt, searchable: isSearchable(), action };
  }

  /** Tells whoever asked how far it has acted. */
  private async report(): Promise<void> {
    if (this.spec.reportTo === undefined) return;
    const { settledThrough } = this.state;
    const nextDueAt = this.nextLook()?.at ?? null;
    const report = { id: this.spec.id, settledThrough, nextDueAt, decided: this.result !== null };
    try {
      await getExternalWorkflowHandle(this.spec.reportTo).signal(experimentReportedSignal, report);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('nobody takes the report', { reportTo: this.spec.reportTo, error });
    }
  }
}
