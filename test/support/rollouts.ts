import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { LedgerEntry, Rollout, RolloutEnd, RolloutStrategy } from '../../src/contracts';
import { eventually, startTestLoop } from './environment';
import type { TestLoop, TestLoopOptions } from './environment';
import { modelBytes, served } from './rollout-fixture';
import type { Side } from './rollout-fixture';
import { hour } from './rows';

/** A model of a test's own. */
export interface Target {
  readonly model: string;
}

/** What `deploymentStatus` says of a rollout. */
export interface Status {
  readonly rollout: Rollout | null;
  readonly lastRollout: RolloutEnd | null;
  readonly nextDueAt: string | null;
  readonly settledThrough: string | null;
}

export const decision = { who: 'ops', reason: 'because' };

const guardrails = [{ metric: 'accuracy', tolerance: 0.05 }] as const;
export const canary: RolloutStrategy = {
  kind: 'canary',
  probes: 5,
  steps: [
    { allocation: 0.1, hold: '40h' },
    { allocation: 0.5, hold: '40h' },
  ],
  guardrails,
  minimumRows: 15,
};
export const shadow: RolloutStrategy = { kind: 'shadow', probes: 5, hold: '40h', guardrails, minimumRows: 15 };
export const blueGreen: RolloutStrategy = { kind: 'blue-green', probes: 5, drain: '40h' };

/** Rollouts on a loop of their own, whose activities can be failed or held up. */
export class Rollouts {
  /** What stands in front of an activity, by `type:model`. */
  readonly before = new Map<string, () => Promise<void>>();
  loop!: TestLoop;
  private counter = 0;
  private readonly options: TestLoopOptions;

  constructor(options: TestLoopOptions = {}) {
    this.options = options;
  }

  async open(): Promise<void> {
    const interceptActivities: ActivityInterceptorsFactory = (context) => ({
      inbound: {
        execute: async (input, next) => {
          const { model } = (input.args[0] as { target?: Target }).target ?? { model: '' };
          await this.before.get(`${context.info.activityType.replace('loopwright.', '')}:${model}`)?.();
          return next(input);
        },
      },
    });
    this.loop = await startTestLoop({ activitySlots: 1, interceptActivities, ...this.options });
  }

  close(): Promise<void> {
    return this.loop.close();
  }

  /** A model that nothing is known of. */
  fresh(): Target {
    return { model: `${this.loop.model}-${(this.counter += 1)}` };
  }

  /** A model with two good versions and a bad third, the first deployed, with ten hours of traffic. */
  async deployed(): Promise<Target> {
    const target = this.fresh();
    const { models, deployments } = this.loop.client;
    for (const k of [1, 2, 3]) await models.register({ ...target, key: `${k}`, artifact: modelBytes(k, k === 3) });
    await deployments.deploy(target, 1, { ...decision, key: 'first', effectiveAt: hour(0) });
    await this.log(target, 0, { version: 1, rows: 10, right: 1 });
    return target;
  }

  handleOf({ model }: Target) {
    return this.loop.temporal.workflow.getHandle(`deployment:${model}:production`);
  }

  update<R = LedgerEntry>(target: Target, name: string, command: object): Promise<R> {
    return this.handleOf(target).executeUpdate<R, [object]>(name, { args: [{ ...decision, ...command }] });
  }

  /** Asks for version 2 by a strategy on the data clock, from hour 20 on. */
  begin(target: Target, strategy: unknown, change: object = {}): Promise<LedgerEntry> {
    const command = { key: 'r', version: 2, effectiveAt: hour(20), clock: 'data', strategy };
    return this.update(target, 'deploy', { ...command, ...change });
  }

  moveTo(target: Target, k: number): Promise<void> {
    return this.handleOf(target).signal('watermarkAdvanced', { source: 'default', at: hour(k) });
  }

  status(target: Target): Promise<Status> {
    return this.handleOf(target).query<Status>('deploymentStatus');
  }

  /** Waits for the end of the first rollout. */
  async ended(target: Target, outcome: RolloutEnd['outcome']): Promise<RolloutEnd> {
    await eventually(async () => (await this.status(target)).lastRollout != null);
    const { lastRollout, rollout } = await this.status(target);
    expect(rollout).toBeNull();
    expect(lastRollout!.outcome).toBe(outcome);
    return lastRollout!;
  }

  async reached(target: Target, phase: Rollout['phase'], step = 0): Promise<void> {
    await eventually(async () => {
      const { rollout } = await this.status(target);
      return rollout?.phase === phase && rollout.step === step;
    });
  }

  history(target: Target): Promise<LedgerEntry[]> {
    return this.loop.client.deployments.history(target);
  }

  /** The ledger as lines: action, champion, challenger, share, shadow, rollout. */
  async lines(target: Target): Promise<string[]> {
    return (await this.history(target)).map(({ action, champion, challenger, split, shadow = null, rollout = null }) =>
      [action, champion, challenger, split?.allocation ?? null, shadow, rollout].map((value) => value ?? '–').join(' '),
    );
  }

  async log(target: Target, start: number, ...sides: Side[]): Promise<void> {
    const { predictions, outcomes } = served(start, sides);
    await this.loop.client.predictions.log(target, predictions);
    await this.loop.client.outcomes.log(target, outcomes);
  }
}
