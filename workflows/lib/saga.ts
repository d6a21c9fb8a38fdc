import { CancellationScope, condition, log } from '@temporalio/workflow';
import type { ResolveCompensation } from '../../src/contracts';

interface Compensation {
  readonly name: string;
  readonly undo: () => Promise<void>;
}

/**
 * Steps that can be undone. A step's compensation is registered before the step: a step that timed out may have
 * happened. So a compensation looks before it undoes and is safe if the step never happened.
 */
export class Saga {
  private readonly compensations: Compensation[] = [];
  private readonly onFailure: (failed: readonly string[]) => void;
  private readonly failed: string[] = [];
  private resolution: ResolveCompensation['action'] | null = null;

  /** @param onFailure told of the compensations that wait for a person, and again when none does */
  constructor(onFailure: (failed: readonly string[]) => void = () => undefined) {
    this.onFailure = onFailure;
  }

  /** Registers the compensation, then runs the step. */
  async step<T>(name: string, undo: () => Promise<void>, run: () => Promise<T>): Promise<T> {
    this.compensations.push({ name, undo });
    return run();
  }

  /** Whether a compensation waits for a person. */
  get waiting(): boolean {
    return this.failed.length > 0;
  }

  /** A person's word on the compensation that failed. */
  resolve(action: ResolveCompensation['action']): void {
    this.resolution = action;
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
        this.failed.push(name);
        this.onFailure([...this.failed]);
        this.resolution = null;
        await condition(() => this.resolution !== null);
        this.failed.pop();
        this.onFailure([...this.failed]);
        if ((this.resolution as ResolveCompensation['action'] | null) === 'done-by-hand') return;
      }
    }
  }
}
