import { condition } from '@temporalio/workflow';

/** So many at once; whoever comes first goes first. */
export class Slots {
  private free: number;
  private readonly queue: object[] = [];

  constructor(free: number) {
    this.free = free;
  }

  /** Whether work would begin at once. */
  get isFree(): boolean {
    return this.free > 0 && this.queue.length === 0;
  }

  /** Runs work in a slot, when there is one. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isFree) {
      const me = {};
      this.queue.push(me);
      try {
        await condition(() => this.free > 0 && this.queue[0] === me);
      } finally {
        this.queue.splice(this.queue.indexOf(me), 1);
      }
    }
    this.free -= 1;
    try {
      return await work();
    } finally {
      this.free += 1;
    }
  }
}
