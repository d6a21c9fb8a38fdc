/** A group with so many rows is written at once. */
const GROUP_ROWS = 1_000;
/** No row waits longer than this for others to join it, in milliseconds. */
const LONGEST_MS = 50;
/** A group that nobody joined for so long is written. */
const QUIET_MS = 10;

interface Waiting<R> {
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

interface Group<T, R> {
  readonly rows: T[];
  readonly waiting: Waiting<R>[];
  readonly write: (rows: readonly T[]) => Promise<readonly R[]>;
  readonly since: number;
  seen: number;
  timer: NodeJS.Timeout | null;
}

/** Rows that come one by one from many callers are written together; each caller is answered for its own row. */
export class GroupCommit<T, R> {
  private readonly groups = new Map<string, Group<T, R>>();
  private readonly writing = new Set<Promise<void>>();

  /**
   * Adds a row to the group of a key and resolves when it is written.
   * @param write writes a group and answers for each row, in order
   */
  add(key: string, row: T, write: (rows: readonly T[]) => Promise<readonly R[]>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      let group = this.groups.get(key);
      if (group === undefined) {
        group = { rows: [], waiting: [], write, since: performance.now(), seen: 0, timer: null };
        this.groups.set(key, group);
        this.watch(key, group);
      }
      group.rows.push(row);
      group.waiting.push({ resolve, reject });
      if (group.rows.length === GROUP_ROWS) this.commit(key, group);
    });
  }

  /** Writes what waits and resolves when nothing is under way any more; callers hear of failures themselves. */
  async flush(): Promise<void> {
    for (const [key, group] of this.groups) this.commit(key, group);
    await Promise.all(this.writing);
  }

  private watch(key: string, group: Group<T, R>): void {
    group.seen = group.rows.length;
    const left = LONGEST_MS - (performance.now() - group.since);
    group.timer = setTimeout(
      () => {
        const quiet = group.rows.length === group.seen;
        if (quiet || performance.now() - group.since >= LONGEST_MS) this.commit(key, group);
        else this.watch(key, group);
      },
      Math.max(0, Math.min(QUIET_MS, left)),
    );
  }

  private commit(key: string, group: Group<T, R>): void {
    if (group.timer !== null) clearTimeout(group.timer);
    this.groups.delete(key);
    const written = settle(group).finally(() => this.writing.delete(written));
    this.writing.add(written);
  }
}

async function settle<T, R>({ rows, waiting, write }: Group<T, R>): Promise<void> {
  try {
    const results = await write(rows);
    waiting.forEach(({ resolve }, index) => resolve(results[index]!));
  } catch (error) {
    for (const { reject } of waiting) reject(error);
  }
}
