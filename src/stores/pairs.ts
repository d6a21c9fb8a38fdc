/** An entry of a record as MongoDB keeps it: a name may hold dots and dollars there, a field's name may not. */
export interface Pair<T> {
  readonly k: string;
  readonly v: T;
}

/** A record as pairs, by name. */
export function toPairs<T>(record: Readonly<Record<string, T>>): Pair<T>[] {
  return Object.keys(record)
    .sort()
    .map((k) => ({ k, v: record[k]! }));
}

/** The record that pairs stand for; earlier releases kept records as they are. */
export function fromPairs<T>(kept: readonly Pair<T>[] | Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return isPairs(kept) ? Object.fromEntries(kept.map(({ k, v }) => [k, v])) : kept;
}

function isPairs<T>(kept: readonly Pair<T>[] | Readonly<Record<string, T>>): kept is readonly Pair<T>[] {
  return Array.isArray(kept);
}
