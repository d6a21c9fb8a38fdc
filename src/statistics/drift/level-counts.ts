/** A value that is new, and how many rows hold it. */
export interface AddedValue {
  readonly value: number;
  readonly rows: number;
}

/** Counts of two samples over all values either of them has: the reference's levels first, then what is new. */
export interface LevelCounts {
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Values the reference does not have, ascending, with the rows of each. */
  readonly added: readonly AddedValue[];
}

/** Counts both samples per value; `levels` are the reference's different values, ascending and few. */
export function countLevels(levels: Float64Array, reference: Float64Array, current: Float64Array): LevelCounts {
  const before = countKnown(levels, reference, null);
  const others = new Map<number, number>();
  const now = countKnown(levels, current, others);
  const added = Array.from(others, ([value, rows]) => ({ value, rows })).sort((a, b) => a.value - b.value);
  const size = levels.length + added.length;
  const sides = [new Float64Array(size), new Float64Array(size)] as const;
  sides[0].set(before);
  sides[1].set(now);
  added.forEach(({ rows }, k) => (sides[1][levels.length + k] = rows));
  return { reference: sides[0], current: sides[1], added };
}

function countKnown(levels: Float64Array, values: Float64Array, others: Map<number, number> | null): Float64Array {
  const counts = new Float64Array(levels.length);
  const { length } = values;
  for (let row = 0; row < length; row += 1) {
    const value = values[row]!;
    let [low, high] = [0, levels.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (levels[middle]! < value) low = middle + 1;
      else high = middle;
    }
    if (levels[low] === value) counts[low]! += 1;
    else others?.set(value, (others.get(value) ?? 0) + 1);
  }
  return counts;
}
