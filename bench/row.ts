import type { PeerWork } from './peer';

/** One line of the table: the same work done here and by a peer. */
export interface Row {
  readonly work: string;
  /** What is measured here, on data already in memory. */
  readonly ours: () => unknown;
  /** Times the work is done in one measurement, both here and by the peer; 1 by default. */
  readonly calls?: number;
  readonly peer: PeerWork & { readonly what: string; readonly calls?: number };
  /** How many times as fast as the peer it should be; null where nothing is promised. */
  readonly goal: number | null;
  /** What is wrong with our result by the peer's, or null. */
  readonly compare: (ours: unknown, theirs: unknown) => string | null;
}

/** Where columns are written for peers to read. */
export type Store = (name: string, column: Float64Array | Uint8Array) => string;

/** A family of rows; its data are made when it is its turn. */
export interface Family {
  readonly name: string;
  readonly rows: (store: Store) => Generator<Row>;
}

/** Whether two numbers agree to a relative error. */
export function differs(name: string, ours: number, theirs: number, relative: number, absolute = 0): string | null {
  const near = Math.abs(ours - theirs) <= Math.max(absolute, relative * Math.abs(theirs));
  return near ? null : `${name} is ${ours}, the peer's ${theirs}`;
}

/** The first thing that is wrong. */
export function firstOf(problems: Iterable<string | null>): string | null {
  for (const problem of problems) if (problem !== null) return problem;
  return null;
}
