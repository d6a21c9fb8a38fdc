import { Peer } from './peer';
import type { Row } from './row';

/** Milliseconds a call. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** A row as it was found. */
export interface Measured {
  readonly work: string;
  readonly ours: Timing;
  readonly peer: {
    readonly name: string;
    readonly version: string;
    readonly what: string;
    readonly timing: Timing;
  } | null;
  /** The peer's median over ours. */
  readonly ratio: number | null;
  /** Of the quickest runs, which other work on the machine disturbs least. */
  readonly ratioOfMinima: number | null;
  readonly goal: number | null;
  readonly met: boolean | null;
  /** What is wrong with our result, or null. */
  readonly wrong: string | null;
  /** Why there is no peer. */
  readonly skipped: string | null;
}

const ROUNDS = 7;
/** A round is so many milliseconds of either, at least one run and at most ten. */
const ROUND = 300;
const MOST_RUNS = 10;
/** Runs and milliseconds before anything counts. */
const WARM_UP = { runs: 5, milliseconds: 500 };

/** Ours and the peer's in turn, so that both meet the same machine. */
export async function measure(row: Row, folder: string | null): Promise<Measured> {
  const { work, goal } = row;
  const ours: number[] = [];
  const ourRuns = runsFor(warmUp(row));
  let peer: Peer | null = null;
  try {
    peer = await Peer.start(row.peer, folder);
    const theirs: number[] = [];
    const first = await peer.run(1);
    const theirRuns = runsFor(first.times[0]!);
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(...times(row, ourRuns));
      theirs.push(...(await peer.run(theirRuns)).times.map((time) => time / (row.peer.calls ?? 1)));
    }
    const [mine, timing] = [timingOf(ours), timingOf(theirs)];
    const ratio = timing.median / mine.median;
    return {
      work,
      ours: mine,
      peer: { name: row.peer.name, version: peer.version, what: row.peer.what, timing },
      ratio,
      ratioOfMinima: timing.min / mine.min,
      goal,
      met: goal === null ? null : ratio >= goal,
      wrong: row.compare(row.ours(), first.result),
      skipped: null,
    };
  } catch (error) {
    // No Python, no package, or a package that does not bear these data: ours is measured all the same.
    while (ours.length < ROUNDS * ourRuns) ours.push(...times(row, ourRuns));
    const skipped = `${row.peer.name}: ${(error as Error).message}`;
    const nothing = { peer: null, ratio: null, ratioOfMinima: null, met: null, wrong: null };
    return { work, ours: timingOf(ours), goal, skipped, ...nothing };
  } finally {
    peer?.stop();
  }
}

/** Milliseconds of the last run. */
function warmUp(row: Row): number {
  const start = performance.now();
  let last = 0;
  for (let run = 0; run < WARM_UP.runs || performance.now() - start < WARM_UP.milliseconds; run += 1) {
    const before = performance.now();
    row.ours();
    last = performance.now() - before;
  }
  return last;
}

function runsFor(milliseconds: number): number {
  return Math.max(1, Math.min(MOST_RUNS, Math.floor(ROUND / milliseconds)));
}

function times({ ours, calls = 1 }: Row, runs: number): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    ours();
    return (performance.now() - start) / calls;
  });
}

function timingOf(values: readonly number[]): Timing {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)!, runs: sorted.length };
}
