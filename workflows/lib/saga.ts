import { CancellationScope, condition, log } from '@temporalio/workflow';
import type { ResolveCompensation } from '../../src/contracts';

interface Compensation {
  readonly name: string;
  readonly undo: () => Promise<void>;
}

/** Told of a compensation that waits for a person, and of the person's word. */
export interface SagaWatcher {
  failed(step: string, error: unknown): Promise<void>;
  resolved(step: string, command: ResolveCompensation): Promise<void>;
}

/**
 * Steps that can be undone. A step's compensation is registered before the step: a step that timed out may have
 * happened. So a compensation looks before it undoes and is safe if the step never happened.
 */
export class Saga {
  private readonly compensations: Compensation[] = [];
  private readonly watcher: SagaWatcher;
  private stuck: string | null = null;
  private resolution: ResolveCompensation | null = null;

  constructor(watcher: SagaWatcher) {
    this.watcher = watcher;
  }

  /** Registers the compensation, then runs the step. */
  async step<T>(name: string, undo: () => Promise<void>, run: () => Promise<T>): Promise<T> {
    this.compensations.push({ name, undo });
    return run();
  }

  /** The step whose compensation waits for a person, or null. */
  get waitsFor(): string | null {
    return this.stuck;
  }

  /** A person's word on the compensation that failed. */
  resolve(command: ResolveCompensation): void {
    this.resolution = command;
  }

  /** Undoes every registered step, newest first, whatever is being cancelled. */
  async compensate(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (let next = this.compensations.pop(); next; next = this.compensations.pop()) await this.undo(next);
    });
  }

  private async undo({ name, undo }: Compensation): Promise<void> {
    for (;;) {
      try {
        await undo();
        return;
      } catch (error) {
        log.error('a compensation failed and waits for resolveCompensation', { name, error });
        const command = await this.waitForPerson(name, error);
        if (command.action === 'done-by-hand') return;
      }
    }
  }

  private async waitForPerson(name: string, error: unknown): Promise<ResolveCompensation> {
    this.stuck = name;
    this.resolution = null;
    await this.watcher.failed(name, error);
    await condition(() => this.resolution !== null);
    const command = this.resolution!;
    this.stuck = null;
    await this.watcher.resolved(name, command);
    return command;
  }
}
