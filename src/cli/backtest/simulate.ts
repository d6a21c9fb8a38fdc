import { DEFAULT_ENVIRONMENT, workflowIds } from '../../contracts';
import type {
  BacktestPolicy,
  Instant,
  MonitorSpec,
  MonitorState,
  ResponseAction,
  RetrainingDecision,
} from '../../contracts';
import { refuse } from '../../domain/deployment';
import * as monitoring from '../../domain/monitoring';
import { durationMs, earliest, iso, ms } from '../../domain/time';
import { encodeModel } from '../../models';
import { backtestSpec } from '../../schemas';
import type { Stores } from '../../stores';
import { trainFirst } from '../replay/scoring';
import { openGate } from './gates';
import type { Gate, GateEnd } from './gates';
import { ReplayedMonitor } from './monitor';
import type { Alarm } from './monitor';
import { trainChallenger } from './retraining';
import type { Challenger } from './retraining';
import type { RecordedStream } from './stream';
import { memoryStores } from './stores';
import { World } from './world';

/** A retraining as it was replayed. */
export interface ReplayedRetraining {
  readonly at: Instant;
  readonly closedAt: Instant;
  readonly decision: RetrainingDecision;
  readonly reasons: readonly string[];
  readonly challenger: Challenger;
}

/** What a policy came to, before it is summed up. */
export interface Replayed {
  readonly spec: MonitorSpec;
  readonly world: World;
  readonly state: MonitorState;
  readonly alarms: readonly Alarm[];
  readonly retrainings: readonly ReplayedRetraining[];
  /** Whether predictions were recorded: then nothing was retrained. */
  readonly recorded: boolean;
  readonly notes: readonly string[];
}

/** The retraining that is open, with its gate. */
interface Open {
  readonly key: string;
  readonly at: Instant;
  readonly challenger: Challenger;
  readonly gate: Gate;
}

/** Replays a stream under a policy, in memory. The same stream and policy give the same result. */
export async function replayPolicy(policy: BacktestPolicy, stream: RecordedStream): Promise<Replayed> {
  return new Replay(policy, stream).run();
}

class Replay {
  private readonly policy: BacktestPolicy;
  private readonly stream: RecordedStream;
  private readonly spec: MonitorSpec;
  readonly world: World;
  readonly stores: Stores;
  private readonly monitor: ReplayedMonitor;
  private readonly recorded: boolean;
  private readonly retrainings: ReplayedRetraining[] = [];
  private readonly notes: string[] = [];
  private open: Open | null = null;
  private gates = 0;
  private ignored = 0;

  constructor(policy: BacktestPolicy, stream: RecordedStream) {
    this.policy = policy;
    this.stream = stream;
    this.spec = backtestSpec(policy);
    this.world = new World({ model: this.spec.model, environment: DEFAULT_ENVIRONMENT }, stream.rows);
    this.stores = memoryStores(this.world);
    this.monitor = new ReplayedMonitor(this.spec, this.stores);
    this.recorded = stream.recorded.size > 0;
  }

  /** The driver's order: outcomes known by W, then the gate, then the windows, then the rows up to the next due time. */
  async run(): Promise<Replayed> {
    if (this.recorded) this.takeRecorded();
    else this.deployFirst();
    const end = endOf(this.spec, this.stream);
    for (let at = this.nextDue(); at !== null && at <= end; at = this.nextDue(at)) {
      if (!this.recorded) this.world.serveUntil(at);
      await this.advanceGate(at);
      await this.monitor.look(at, (actions) => this.act(actions, at));
    }
    if (!this.recorded) this.world.serveUntil(iso(8.64e15));
    await this.cutOff(end);
    const { spec, world, retrainings, recorded, notes } = this;
    return { spec, world, state: this.monitor.state, alarms: this.alarms(), retrainings, recorded, notes };
  }

  /** That nothing comes after the end of a recording is no silence. */
  private alarms(): readonly Alarm[] {
    const last = this.stream.rows.at(-1)?.ts ?? '';
    return this.monitor.alarms.filter(({ at, alert }) => alert.kind !== 'silence' || at <= last);
  }

  private nextDue(after?: Instant): Instant | null {
    const next = earliest(monitoring.ownDue(this.monitor.state), this.open?.gate.dueAt ?? null);
    if (next !== null && after !== undefined && next <= after)
      throw new Error(`the monitor has looked at ${after} and is due ${next} again`);
    return next;
  }

  private takeRecorded(): void {
    const { rows } = this.world;
    rows.ids.forEach((id, row) => {
      const found = this.stream.recorded.get(id);
      if (found !== undefined) rows.serve(row, found.version, found.prediction, found.score ?? Number.NaN);
    });
    const without = rows.n - rows.indexOf(this.spec.baseline.from) - this.servedAfterStart();
    this.notes.push('The predictions were recorded: monitoring was replayed, nothing was retrained.');
    if (without > 0)
      this.notes.push(`${without} rows from the baseline on have no recorded prediction and were left out.`);
  }

  private servedAfterStart(): number {
    const from = this.world.rows.indexOf(this.spec.baseline.from);
    return this.world.rows.version.subarray(from).filter((version) => version > 0).length;
  }

  private deployFirst(): void {
    const { train, baseline } = this.policy;
    if (train === undefined)
      throw new Error(
        `policy ${this.policy.name}: train is missing: expected { "from", "to" }, for the stream has no recorded predictions`,
      );
    const rows = this.stream.rows.filter(({ ts }) => ts >= train.from && ts < train.to);
    if (rows.length < 2)
      throw new Error(
        `policy ${this.policy.name}: train is ${train.from} to ${train.to}: expected an interval with rows of the stream, found ${rows.length}`,
      );
    const version = this.world.register(encodeModel(trainFirst(rows)), train);
    const reason = `trained on ${rows.length} rows`;
    this.world.deploy({ action: 'deploy', version, key: 'first', reason, who: 'backtest', effectiveAt: baseline.from });
    this.world.startAt(baseline.from);
  }

  private async act(actions: readonly ResponseAction[], at: Instant): Promise<void> {
    if (this.recorded) {
      this.ignored += actions.filter((action) => action === 'retrain' || action === 'roll-back').length;
      return;
    }
    if (actions.includes('roll-back')) this.rollBack(at);
    if (actions.includes('retrain')) await this.retrain(at);
  }

  private rollBack(effectiveAt: Instant): void {
    const key = `roll-back/${effectiveAt}`;
    const decision = { action: 'roll-back', key, reason: 'an alert', who: 'monitor', effectiveAt } as const;
    if (refuse(this.world.serving, decision) === null) this.world.deploy(decision);
  }

  private async retrain(at: Instant): Promise<void> {
    const key = `${workflowIds.monitor(this.spec)}/retraining/${this.monitor.state.retrainings + 1}`;
    this.monitor.state = monitoring.openRetraining(this.monitor.state, key);
    const challenger = await trainChallenger(this, this.spec, at, key);
    if (challenger.version === null) {
      await this.close({ key, at, challenger }, { decision: challenger.decision!, reasons: [], at });
      return;
    }
    this.gates += 1;
    const candidate = { spec: this.spec, challenger: challenger.version, start: at, number: this.gates };
    const gate = openGate(this, this.policy.gate, candidate);
    if ('decision' in gate) await this.close({ key, at, challenger }, gate);
    else this.open = { key, at, challenger, gate };
  }

  private async advanceGate(at: Instant): Promise<void> {
    if (this.open === null) return;
    const end = await this.open.gate.advance(at);
    if (end !== null) await this.close(this.open, end);
  }

  private async close(
    { key, at, challenger }: Omit<Open, 'gate'>,
    end: Omit<GateEnd, 'decision'> & { decision: RetrainingDecision },
  ): Promise<void> {
    const { decision } = end;
    const reasons = [challenger.reason, ...end.reasons];
    this.open = null;
    this.retrainings.push({ at, closedAt: end.at, decision, reasons, challenger });
    const closed = {
      ...{ key, at, closedAt: end.at, decision, reasons, rows: challenger.rows, gate: challenger.gate },
      championVersion: challenger.gate?.championVersion ?? null,
      challengerVersion: challenger.version,
      experiment: null,
    };
    if (decision === 'promoted' && this.spec.rebase) await this.monitor.rebase(challenger.version!, at, end.at);
    const report = { key, experiment: null, waitsFor: null, closed };
    this.monitor.state = monitoring.applyRetrainingReport(this.monitor.state, report);
  }

  /** What the stream's end cuts off is nobody's win. */
  private async cutOff(at: Instant): Promise<void> {
    if (this.open !== null) await this.close(this.open, this.open.gate.cutOff(at));
    if (this.ignored > 0)
      this.notes.push(`${this.ignored} retrainings or roll-backs were asked for and could not be replayed.`);
  }
}

/** The replay ends when the last row's window has been judged. */
function endOf(spec: MonitorSpec, { rows }: RecordedStream): Instant {
  const last = rows.at(-1);
  if (last === undefined) return spec.baseline.from;
  const size = durationMs(spec.window);
  const origin = ms(spec.baseline.from);
  const windows = Math.floor((ms(last.ts) - origin) / size) + 1;
  return iso(origin + windows * size + durationMs(spec.labelMaturity));
}
