import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { PIPELINE_RUN_LIMITS } from '../../src/contracts';
import type {
  EndedStage,
  Instant,
  OpenedRun,
  PipelinePhase,
  PipelineResult,
  PipelineRunState,
  PipelineStatus,
  ResolveCompensation,
  RolloutEnd,
  RunStage,
  StageStanding,
  StageWord,
} from '../../src/contracts';
import { gateOf } from '../../src/domain/pipeline-gate';
import type { Gate } from '../../src/domain/pipeline-gate';
import type { StageFacts, TemplateFacts } from '../../src/domain/template';
import { iso, ms } from '../../src/domain/time';
import { activities, SHORT } from './activities';
import { RunMeter } from './loop';
import { showPipeline } from './pipeline-page';
import { shortened } from './pipeline-reasons';

const run = activities(SHORT);

const SCHEDULED_AT = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** The time that a schedule started this run for; null where none did. */
export function nominalTime(): Instant | null {
  const at = workflowInfo().typedSearchAttributes.get(SCHEDULED_AT);
  return at === undefined ? null : iso(at.getTime());
}

/** A run's state: which stages have ended and how, which run, which wait for a person. */
export class PipelineRun {
  readonly meter = new RunMeter(PIPELINE_RUN_LIMITS.events);
  /** What runs is told to stop. */
  stopping = false;
  /** Who cancelled it, and why. */
  cancelledBy: string | null = null;
  /** Stages that work now. */
  readonly working = new Set<string>();
  /** Set whenever something happened that may let a stage begin. */
  changed = false;
  /** The stage whose compensation waits for a person. */
  failedCompensation: string | null = null;
  /** Takes a person's word on a compensation that waits; false where none does. */
  resolve: (command: ResolveCompensation) => boolean = () => false;
  phase: PipelinePhase = 'opening';
  result: PipelineResult | null = null;
  readonly begun: string[] = [];
  readonly asked: Record<string, Instant> = {};
  readonly words: Record<string, StageWord> = {};
  readonly rollouts: RolloutEnd[] = [];
  readonly undone: string[] = [];
  private plan: OpenedRun | null = null;
  private readonly ended: Record<string, EndedStage> = {};
  private readonly unrecorded = new Set<string>();

  get opened(): OpenedRun {
    if (this.plan === null) throw new Error('the run is not open');
    return this.plan;
  }

  /**
   * Sets what is to be run; what is taken from an earlier run has ended already.
   * @param state what an earlier history of the run has done; that of another run is none
   */
  open(opened: OpenedRun, state?: PipelineRunState): void {
    this.plan = opened;
    if (state?.run === opened.run) {
      Object.assign(this.ended, state.ended);
      Object.assign(this.asked, state.asked);
      Object.assign(this.words, state.words);
      this.begun.push(...state.begun);
      this.rollouts.unshift(...state.rollouts);
    }
    for (const [name, end] of Object.entries(opened.reused)) this.ended[name] ??= end;
    this.enter('running');
  }

  /** Shows where it stands; that costs no event. */
  show(): void {
    showPipeline(this.status());
  }

  enter(phase: PipelinePhase): void {
    this.phase = phase;
    showPipeline(this.status(), phase);
  }

  close(result: PipelineResult): PipelineResult {
    this.result = result;
    this.enter('closed');
    return result;
  }

  /** How a stage ended, or null while it has not. */
  endOf(name: string): EndedStage | null {
    return Object.hasOwn(this.ended, name) ? this.ended[name]! : null;
  }

  /** Ends a stage; what no activity has recorded is recorded with the next batch. */
  end(stage: RunStage, end: EndedStage): void {
    this.ended[stage.name] = end;
    if (end.outcome !== 'succeeded' || end.version !== undefined) this.unrecorded.add(stage.name);
    this.touch();
  }

  /** Something happened: the schedule looks again. */
  touch(): void {
    this.changed = true;
  }

  /** Stages that have not ended and whose needs have, with what is to be done about them. */
  ready(): { readonly stage: RunStage; readonly gate: Gate }[] {
    const { stages } = this.opened;
    const facts = this.facts();
    const allowed = new Set(stages.filter(({ allowFailure }) => allowFailure === true).map(({ name }) => name));
    return stages
      .filter(({ name, needs }) => this.endOf(name) === null && needs.every((need) => this.endOf(need) !== null))
      .filter(({ name }) => !this.working.has(name))
      .map((stage) => ({ stage, gate: gateOf(stage, allowed, facts) }));
  }

  /** Stages that failed and were not allowed to. */
  failures(): string[] {
    return this.opened.stages.flatMap(({ name, allowFailure }) => {
      const end = this.endOf(name);
      return end?.outcome === 'failed' && allowFailure !== true ? [`${name}: ${end.reason ?? 'failed'}`] : [];
    });
  }

  /** When a stage's approval is over, or null where that is never. */
  approvalUntil({ name, approval }: RunStage): Instant | null {
    const asked = this.asked[name];
    if (asked === undefined || approval?.timeoutMs === undefined) return null;
    return iso(ms(asked) + approval.timeoutMs);
  }

  /** Whether a stage's end is not written yet. */
  isUnrecorded(name: string): boolean {
    return this.unrecorded.has(name);
  }

  /** Writes what no activity has recorded. */
  async record(): Promise<void> {
    if (this.unrecorded.size === 0) return;
    const names = [...this.unrecorded];
    const stages = shortened(Object.fromEntries(names.map((name) => [name, this.ended[name]!])));
    await run.recordStages({ run: this.opened.run, stages }, `record ${names.length} stages`);
    for (const name of names) this.unrecorded.delete(name);
  }

  /** What the next history goes on from. */
  state(): PipelineRunState {
    const { begun, asked, words } = this;
    const { run: id } = this.opened;
    const rollouts = this.rollouts.filter((end) => end.id.startsWith(`${id}/`));
    return { run: id, ended: shortened(this.ended), begun, asked, words, rollouts };
  }

  status(): PipelineStatus {
    const { plan, phase, result } = this;
    const stages = plan?.stages ?? [];
    const ended = shortened(this.ended);
    return {
      run: plan?.run ?? null,
      pipeline: plan?.pipeline ?? null,
      digest: plan?.digest ?? null,
      day: plan?.day ?? null,
      phase,
      stages: stages.map((stage) => {
        const { source, reason } = this.endOf(stage.name) === null ? {} : ended[stage.name]!;
        return {
          name: stage.name,
          standing: this.standing(stage),
          ...(source === undefined ? {} : { source }),
          ...(reason === undefined ? {} : { reason }),
        };
      }),
      approvals: stages
        .filter((stage) => this.standing(stage) === 'approval')
        .map((stage) => ({
          stage: stage.name,
          message: stage.approval!.message,
          until: this.approvalUntil(stage),
        })),
      failedCompensations: this.failedCompensation === null ? [] : [this.failedCompensation],
      result,
    };
  }

  /** Where a stage stands. */
  standing({ name }: RunStage): StageStanding {
    const end = this.endOf(name);
    if (end !== null) return end.outcome;
    if (this.working.has(name)) return 'running';
    const asks = this.phase === 'running' && !this.stopping;
    return asks && Object.hasOwn(this.asked, name) && !Object.hasOwn(this.words, name) ? 'approval' : 'waiting';
  }

  private facts(): TemplateFacts {
    const { day, params } = this.opened;
    const stages = Object.entries(this.ended).map(([name, { outcome, outputs = {}, metrics = {} }]) => {
      return [name, { outcome, outputs, metrics } satisfies StageFacts] as const;
    });
    return { day, params, stages: Object.fromEntries(stages) };
  }
}
