import { allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import { RUN_LIMITS } from '../../src/contracts';

/** What an entity does for as long as it lives. */
export interface LoopParts {
  /** Whether there is something to do now. */
  pending(): boolean;
  /** Does all of it. */
  act(): Promise<void>;
  /** Whether the workflow is over. */
  done(): boolean;
  /** Whether what is pending goes on in the next run by itself, from the state that it is given. */
  readonly resumes?: boolean;
  /** Returns when `wake` says so or the next due time has come. */
  wait(wake: () => boolean): Promise<void>;
}

/** Counts a run's messages: the server refuses the 2 001st update and the 10 001st signal. */
export class RunMeter {
  private updates = 0;
  private signals = 0;
  private readonly events: number;

  /** @param events of a history at which the run ends: a shorter one is read again quicker */
  constructor(events: number = RUN_LIMITS.events) {
    this.events = events;
  }

  countUpdate(): void {
    this.updates += 1;
  }

  countSignal(): void {
    this.signals += 1;
  }

  /** Whether the run should continue as new. */
  isFull(): boolean {
    const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
    return (
      continueAsNewSuggested ||
      historyLength >= this.events ||
      historySize >= RUN_LIMITS.bytes ||
      this.updates >= RUN_LIMITS.updates ||
      this.signals >= RUN_LIMITS.signals
    );
  }
}

/**
 * Runs an entity until it is over or its run is full. Either way every message handler has finished before it
 * returns: a run that ends under a handler loses what the handler was doing.
 */
export async function runLoop(parts: LoopParts, meter: RunMeter): Promise<'done' | 'full'> {
  for (;;) {
    if (parts.done()) {
      await condition(allHandlersFinished);
      return 'done';
    }
    if (parts.resumes === true && meter.isFull() && allHandlersFinished()) return 'full';
    if (parts.pending()) {
      await parts.act();
    } else if (meter.isFull()) {
      // A handler may wait for work that came meanwhile, so the work goes first.
      await condition(() => allHandlersFinished() || parts.pending() || parts.done());
      if (!parts.pending() && !parts.done()) return 'full';
    } else {
      await parts.wait(() => parts.pending() || parts.done() || meter.isFull());
    }
  }
}

/** One thing at a time: handlers that change the same state take turns. */
export class Serial {
  private tail: Promise<unknown> = Promise.resolve();

  async run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.tail.then(work, work);
    this.tail = mine.catch(() => undefined);
    return mine;
  }
}
