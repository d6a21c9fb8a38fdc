/** A part of a segment, whose rows stand in (ts, id) order. */
export interface Part {
  /** Of the whole segment. */
  readonly at: Float64Array;
  /** Rows that are asked for: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
}

/** Rows of several parts in one order, as runs: neighbours in the order that are neighbours in a part as well. */
export interface RowOrder {
  readonly n: number;
  /** Per run: which part, its first row, the row after its last. */
  readonly part: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Whether a row of a part comes before a row of another with the same time. */
export type TieRule = (part: number, row: number, otherPart: number, otherRow: number) => boolean;

/**
 * Merges parts in order of time. Where parts do not overlap, each is one run and nothing is compared row by row.
 * @param before decides between rows of different parts with the same time
 */
export function mergeParts(parts: readonly Part[], before: TieRule): RowOrder {
  const cursor = parts.map(({ start }) => start);
  const heap = new Heap((a, b) => {
    const difference = parts[a]!.at[cursor[a]!]! - parts[b]!.at[cursor[b]!]!;
    return difference === 0 ? before(a, cursor[a]!, b, cursor[b]!) : difference < 0;
  });
  parts.forEach(({ start, end }, index) => {
    if (start < end) heap.push(index);
  });
  const order = { part: [] as number[], start: [] as number[], end: [] as number[] };
  let n = 0;
  for (let part = heap.pop(); part !== null; part = heap.pop()) {
    const start = cursor[part]!;
    const rival = heap.top();
    const end = rival === null ? parts[part]!.end : runEnd(parts, part, start, rival, cursor[rival]!, before);
    order.part.push(part);
    order.start.push(start);
    order.end.push(end);
    n += end - start;
    cursor[part] = end;
    if (end < parts[part]!.end) heap.push(part);
  }
  return { n, ...order };
}

/** Where the run of a part that holds the first row ends: at the rival's first row. */
function runEnd(
  parts: readonly Part[],
  part: number,
  start: number,
  rival: number,
  rivalRow: number,
  before: TieRule,
): number {
  const { at, end } = parts[part]!;
  const limit = parts[rival]!.at[rivalRow]!;
  let row = lowerBound(at, limit, start + 1, end);
  while (row < end && at[row] === limit && before(part, row, rival, rivalRow)) row += 1;
  return row;
}

/** The first row from `start` on that is not before a time; `end` when there is none. */
export function lowerBound(at: Float64Array, time: number, start: number, end: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Visits runs in order: which part, its first row, how many, and how many rows came before. */
export function forEachRun(
  order: RowOrder,
  visit: (part: number, start: number, length: number, offset: number) => void,
): void {
  let offset = 0;
  for (let run = 0; run < order.part.length; run += 1) {
    const start = order.start[run]!;
    const length = order.end[run]! - start;
    visit(order.part[run]!, start, length, offset);
    offset += length;
  }
}

/** The order with some rows left out. */
export function keepRows(order: RowOrder, keep: (part: number, row: number) => boolean): RowOrder {
  const kept = { part: [] as number[], start: [] as number[], end: [] as number[] };
  let n = 0;
  forEachRun(order, (part, first, length) => {
    const end = first + length;
    for (let row = first; row < end; row += 1) {
      const start = row;
      while (row < end && keep(part, row)) row += 1;
      if (row === start) continue;
      kept.part.push(part);
      kept.start.push(start);
      kept.end.push(row);
      n += row - start;
    }
  });
  return { n, ...kept };
}

/** A binary heap of numbers. */
class Heap {
  private readonly items: number[] = [];
  private readonly less: (a: number, b: number) => boolean;

  constructor(less: (a: number, b: number) => boolean) {
    this.less = less;
  }

  top(): number | null {
    return this.items[0] ?? null;
  }

  push(item: number): void {
    let place = this.items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.less(item, this.items[parent]!)) break;
      this.items[place] = this.items[parent]!;
      place = parent;
    }
    this.items[place] = item;
  }

  pop(): number | null {
    const first = this.items[0];
    const last = this.items.pop();
    if (first === undefined || last === undefined) return null;
    if (this.items.length > 0) this.sink(last);
    return first;
  }

  private sink(item: number): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.items.length) break;
      if (child + 1 < this.items.length && this.less(this.items[child + 1]!, this.items[child]!)) child += 1;
      if (!this.less(this.items[child]!, item)) break;
      this.items[place] = this.items[child]!;
      place = child;
    }
    this.items[place] = item;
  }
}
