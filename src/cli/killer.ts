import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { literal } from '../client/visibility';
import { workflowIds } from '../contracts';
import type { ModelTarget } from '../contracts';
import type { Stores } from '../stores';
import type { ChildWorker } from './child-worker';
import { seeded } from './random';

/** Server enum: an activity that a worker has. */
const STARTED = 2;
/** An answer that the worker sent before it froze is still under way for so long. */
const SETTLE_MS = 40;
/** Event types that a dead worker leaves in a history. */
const EVENTS = { workflowTaskTimedOut: 8, activityTaskStarted: 11 } as const;
/** Every third kill falls inside a fold's transaction, where it hurts most. */
const FAILPOINTS = ['fold-marked:1', 'fold-labelled:1'] as const;

/** What the killer works on. */
export interface KillerInput {
  readonly worker: ChildWorker;
  readonly temporal: Client;
  readonly target: ModelTarget;
  readonly stores: Stores;
  readonly kills: number;
  readonly seed?: number | undefined;
  readonly log: (line: string) => void;
}

/**
 * Kills the worker at random moments inside the loop. It freezes the worker first and looks whether it holds an
 * activity; a worker that holds none is let go on, so that every kill hits work. Workflow tasks are hit as they come:
 * the task of an update is speculative and leaves no trace in a history, so a kill is not counted by them.
 */
export class Killer {
  private readonly input: KillerInput;
  private readonly random: () => number;
  private done = 0;
  /** Attempts that died with a worker: the server takes them for running until their heartbeat is missed. */
  private readonly lost = new Set<string>();
  private finished = false;
  private running: Promise<void> = Promise.resolve();

  constructor(input: KillerInput) {
    this.input = input;
    const seed = input.seed ?? Math.floor(Math.random() * 1e9);
    this.random = seeded(seed);
    if (input.kills > 0) input.log(`killing the worker ${input.kills} times, seed ${seed}`);
  }

  /** Starts killing, beside whatever runs. */
  start(): void {
    this.running = this.run();
    // Looked at in `finish`; until then it must not count as unhandled.
    this.running.catch(() => undefined);
  }

  /** Ends the killing and proves from the histories that the kills hit work. */
  async finish(): Promise<void> {
    const { kills, log } = this.input;
    this.finished = true;
    await this.running;
    if (kills === 0) return;
    const hits = await this.countHits();
    log(
      `${this.done} kills; the histories show ${hits.activities} activities and ${hits.workflowTasks} workflow tasks that were lost with a worker`,
    );
    if (this.done < kills)
      throw new Error(`the replay ended after ${this.done} of ${kills} kills: choose another seed`);
    if (hits.activities < kills) throw new Error('the histories show fewer lost activities than kills');
  }

  private async run(): Promise<void> {
    const { worker, kills } = this.input;
    while (this.done < kills && !this.finished) {
      await delay(20 + Math.floor(this.random() * 150));
      if (this.finished) return;
      process.kill(worker.pid, 'SIGSTOP');
      await delay(SETTLE_MS);
      if (!(await this.holdsWork())) {
        process.kill(worker.pid, 'SIGCONT');
        continue;
      }
      const death = worker.death();
      process.kill(worker.pid, 'SIGKILL');
      await death;
      this.done += 1;
      await this.restart();
    }
  }

  /** Starts the worker again; every third time so that it dies inside its next fold. */
  private async restart(): Promise<void> {
    const { worker, kills } = this.input;
    const failpoint = this.done % 3 === 2 && this.done < kills ? FAILPOINTS[this.done % FAILPOINTS.length] : undefined;
    await worker.start(failpoint);
    if (failpoint === undefined) return;
    const death = worker.death();
    while (!this.finished) {
      if ((await Promise.race([death, delay(200, 'alive')])) === 'alive') continue;
      this.done += 1;
      // Noted as lost, so that the next look does not take it for the new worker's.
      await this.holdsWork();
      await worker.start();
      return;
    }
  }

  /** Whether the frozen worker has an activity; whatever it has is lost with it. */
  private async holdsWork(): Promise<boolean> {
    const { temporal, target, stores } = this.input;
    const experiments = await stores.experiments.list(target);
    const last = experiments.at(-1);
    const ids = [
      workflowIds.monitor(target),
      workflowIds.deployment(target),
      workflowIds.retraining(target),
      ...(last === undefined ? [] : [workflowIds.experiment(last._id)]),
    ];
    for (const id of ids) {
      const found = await temporal.workflow
        .getHandle(id)
        .describe()
        .catch(() => null);
      const held = (found?.raw.pendingActivities ?? [])
        .filter(({ state }) => state === STARTED)
        .map(({ activityId, attempt }) => `${id}/${found!.runId}/${activityId}/${attempt}`)
        .filter((key) => !this.lost.has(key));
      for (const key of held) this.lost.add(key);
      if (held.length > 0) return true;
    }
    return false;
  }

  private async countHits(): Promise<{ activities: number; workflowTasks: number }> {
    const { temporal, target } = this.input;
    const hits = { activities: 0, workflowTasks: 0 };
    const query = `TaskQueue = ${literal((await temporal.workflow.getHandle(workflowIds.monitor(target)).describe()).taskQueue)}`;
    for await (const { workflowId, runId } of temporal.workflow.list({ query })) {
      const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      for (const event of events ?? []) {
        if (event.eventType === EVENTS.workflowTaskTimedOut) hits.workflowTasks += 1;
        const started =
          event.eventType === EVENTS.activityTaskStarted ? event.activityTaskStartedEventAttributes : null;
        // A retry after an error is no kill: only an attempt that timed out was lost with a worker.
        if (started?.lastFailure?.timeoutFailureInfo != null) hits.activities += (started.attempt ?? 1) - 1;
      }
    }
    return hits;
  }
}
