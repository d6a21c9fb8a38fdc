import { createExperimentActivities } from '../../../activities/experiment';
import { experimentId, MINIMUM_PER_ARM } from '../../contracts';
import type {
  BacktestGate,
  ExperimentPolicy,
  ExperimentSpec,
  Instant,
  Look,
  MonitorSpec,
  RetrainingDecision,
  TrafficSplit,
} from '../../contracts';
import { decideLook, exposureEnd, plannedLooks } from '../../domain/experiment';
import type { PlannedLook } from '../../domain/experiment';
import { outcomeOf } from '../../domain/retraining';
import { after } from '../../domain/time';
import { mcnemarTest } from '../../statistics';
import { NO_LABEL } from '../../stores';
import type { Stores } from '../../stores';
import type { World } from './world';

/** How a gate ends. */
export interface GateEnd {
  readonly decision: Exclude<RetrainingDecision, 'failed' | 'not-better'>;
  readonly reasons: readonly string[];
  readonly at: Instant;
}

/** A challenger that has been registered, before the gate. */
export interface Candidate {
  readonly spec: MonitorSpec;
  readonly challenger: number;
  /** The watermark that caused it: the gate opens there. */
  readonly start: Instant;
  /** The k-th gate of the replay, from 1 on. */
  readonly number: number;
}

/** A gate that takes time. It acts at `dueAt` and at nothing between. */
export interface Gate {
  readonly dueAt: Instant;
  /** Does all that is due by then; null while it is undecided. */
  advance(at: Instant): Promise<GateEnd | null>;
  /** The stream is at its end. */
  cutOff(at: Instant): GateEnd;
}

/** Opens the gate of a policy; validation ends as it opens. */
export function openGate(
  { world, stores }: { readonly world: World; readonly stores: Stores },
  gate: BacktestGate,
  candidate: Candidate,
): Gate | GateEnd {
  if (gate.kind === 'shadow') return new ShadowGate(world, gate, candidate);
  if (gate.kind === 'experiment') {
    const { kind: _kind, ...policy } = gate;
    return new ExperimentGate({ world, stores }, policy, candidate);
  }
  promote(world, candidate, candidate.start, 'passed its hold-out');
  return { decision: 'promoted', reasons: [], at: candidate.start };
}

function promote(world: World, { challenger, number }: Candidate, effectiveAt: Instant, reason: string): void {
  const key = `gate/${number}/promote`;
  world.deploy({ action: 'promote', version: challenger, key, reason, who: 'backtest', effectiveAt });
}

const CUT_OFF = 'the stream ended before the gate';

/** Champion and challenger on the same rows; the champion serves. */
class ShadowGate implements Gate {
  readonly dueAt: Instant;
  private readonly end: Instant;
  private readonly world: World;
  private readonly alpha: number;
  private readonly candidate: Candidate;

  constructor(world: World, gate: { duration: string; alpha: number }, candidate: Candidate) {
    this.world = world;
    this.alpha = gate.alpha;
    this.candidate = candidate;
    this.end = after(candidate.start, gate.duration);
    this.dueAt = after(this.end, candidate.spec.labelMaturity);
  }

  async advance(at: Instant): Promise<GateEnd | null> {
    if (at < this.dueAt) return null;
    const { challenger, start } = this.candidate;
    const { rows } = this.world;
    const from = rows.indexOf(start);
    const shadowed = await rows.read({ from: start, to: this.end, asOf: this.dueAt });
    const known = Array.from({ length: shadowed.n }, (_, row) => row).filter((row) => shadowed.label[row] !== NO_LABEL);
    const answers = this.world.version(challenger).predictions;
    const test = mcnemarTest(
      known.map((row) => shadowed.label[row]!),
      known.map((row) => shadowed.prediction[row]!),
      known.map((row) => answers[from + row]!),
    );
    const reason = `${test.treatmentOnly} rows only the challenger had right, ${test.controlOnly} only the champion, of ${test.n}; exact p ${Number(test.pValue.toPrecision(3))}, α ${this.alpha}`;
    const decision = this.decide(test.n, test.pValue, test.treatmentOnly - test.controlOnly);
    if (decision === 'promoted') promote(this.world, this.candidate, this.dueAt, reason);
    return { decision, reasons: [reason], at: this.dueAt };
  }

  private decide(n: number, pValue: number, more: number): GateEnd['decision'] {
    if (n < MINIMUM_PER_ARM || pValue >= this.alpha) return 'inconclusive';
    return more > 0 ? 'promoted' : 'rolled-back';
  }

  cutOff(at: Instant): GateEnd {
    return { decision: 'inconclusive', reasons: [CUT_OFF], at };
  }
}

/** The experiment of production, look by look. */
class ExperimentGate implements Gate {
  private readonly world: World;
  private readonly stores: Stores;
  private readonly spec: ExperimentSpec;
  private readonly candidate: Candidate;
  private readonly looks: Look[] = [];
  private readonly planned: readonly PlannedLook[];

  constructor(
    { world, stores }: { readonly world: World; readonly stores: Stores },
    policy: ExperimentPolicy,
    candidate: Candidate,
  ) {
    const { spec, challenger, start, number } = candidate;
    this.world = world;
    this.stores = stores;
    this.candidate = candidate;
    this.spec = {
      ...policy,
      ...world.target,
      id: experimentId(world.target, number),
      clock: 'data',
      champion: world.serving!.champion,
      challenger,
      start,
      labelMaturity: spec.labelMaturity,
      seed: `${policy.salt}-${number}`,
    };
    this.planned = plannedLooks(this.spec, exposureEnd(this.spec));
    const { id: experiment, seed, unit, allocation } = this.spec;
    this.traffic('split', start, { experiment, seed, unit, allocation });
  }

  get dueAt(): Instant {
    return this.planned[this.looks.length]!.at;
  }

  async advance(at: Instant): Promise<GateEnd | null> {
    while (this.dueAt <= at) {
      const end = await this.look(this.planned[this.looks.length]!);
      if (end !== null) return end;
    }
    return null;
  }

  cutOff(at: Instant): GateEnd {
    this.traffic('end', at, null);
    return { decision: 'inconclusive', reasons: [CUT_OFF], at };
  }

  private async look({ k, exposedTo, at }: PlannedLook): Promise<GateEnd | null> {
    const taken = await createExperimentActivities(this.stores).takeLook({
      spec: this.spec,
      k,
      planned: this.planned.length,
      at,
      exposedTo,
      allocation: this.spec.allocation,
      previous: this.looks.map((look) => ({ k: look.k, n: look.n })),
      previousSampleRatioP: this.looks.at(-1)?.sampleRatioP ?? 1,
    });
    const { decision, reasons } = decideLook(this.spec, taken, k === this.planned.length);
    this.looks.push({ ...taken, decision });
    if (decision === 'continue') return null;
    if (decision === 'ship') promote(this.world, this.candidate, at, reasons.join('; '));
    else this.traffic('end', at, null);
    return { decision: outcomeOf({ decision }) as GateEnd['decision'], reasons, at };
  }

  private traffic(step: string, effectiveAt: Instant, split: TrafficSplit | null): void {
    const { challenger, number } = this.candidate;
    const decision = { key: `gate/${number}/${step}`, reason: `experiment ${step}`, who: 'backtest', effectiveAt };
    this.world.deploy({ ...decision, action: 'set-traffic', challenger: split === null ? null : challenger, split });
  }
}
