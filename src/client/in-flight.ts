/** A turn that somebody waits for. */
type Turn = () => void;

interface Lane {
  running: number;
  readonly waiting: Turn[];
}

/**
 * Lets so many pieces of work of a key run at once; the others wait for their turn, first come, first served. The
 * server takes ten updates of a workflow in flight and holds up the next, whoever sent it: a client that keeps a
 * queue of its own leaves room for others.
 */
export class InFlight {
  private readonly limit: number;
  private readonly lanes = new Map<string, Lane>();

  /** @param limit how many of a key at once, 1 or more */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Runs `work` when it is its turn; its failure is the caller's, and the next goes on. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key) ?? { running: 0, waiting: [] };
    this.lanes.set(key, lane);
    if (lane.running < this.limit) lane.running += 1;
    // Whoever ends hands its place over, so that nobody who comes meanwhile can take it.
    else await new Promise<void>((turn) => lane.waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else {
        lane.running -= 1;
        if (lane.running === 0) this.lanes.delete(key);
      }
    }
  }
}
