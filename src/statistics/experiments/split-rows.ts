/** Rows of a block by their arm; the arrays are filled anew for the next block. */
export interface SplitRows {
  /** Per arm the row numbers, in order. */
  readonly regions: readonly Int32Array[];
  readonly counts: Int32Array;
}

/**
 * Splits blocks of rows by their arm.
 * @throws RangeError on a code that is no arm
 */
export function createSplit(arm: Uint8Array, arms: number, block: number): (from: number, to: number) => SplitRows {
  // One region more, for codes that are no arm.
  const rows = new Int32Array((arms + 1) * block);
  const regions = Array.from({ length: arms + 1 }, (_, code) => rows.subarray(code * block, (code + 1) * block));
  const counts = new Int32Array(arms + 1);
  return (from, to) => {
    if (arms === 2) splitTwo(arm, from, to, regions[0]!, regions[1]!, counts);
    else splitMany(arm, from, to, rows, counts, block);
    if (counts[arms]! > 0) refuse(arm, arms, from);
    return { regions, counts };
  };
}

/** Every row is written to both regions, and one of them moves on: no branch that could be guessed wrong. */
function splitTwo(
  arm: Uint8Array,
  from: number,
  to: number,
  control: Int32Array,
  treatment: Int32Array,
  counts: Int32Array,
): void {
  let [inControl, inTreatment] = [0, 0];
  for (let row = from; row < to; row += 1) {
    const code = arm[row]!;
    control[inControl] = row;
    treatment[inTreatment] = row;
    inTreatment += code;
    inControl += code ^ 1;
  }
  counts[0] = inControl;
  counts[1] = inTreatment;
  // A code above 1 adds more than one to the two.
  counts[2] = inControl + inTreatment - (to - from);
}

function splitMany(
  arm: Uint8Array,
  from: number,
  to: number,
  rows: Int32Array,
  counts: Int32Array,
  block: number,
): void {
  const none = counts.length - 1;
  counts.fill(0);
  for (let row = from; row < to; row += 1) {
    const code = Math.min(arm[row]!, none);
    const at = counts[code]!;
    rows[code * block + at] = row;
    counts[code] = at + 1;
  }
}

function refuse(arm: Uint8Array, arms: number, from: number): never {
  let row = from;
  while (arm[row]! < arms) row += 1;
  throw new RangeError(`arm[${row}] is ${arm[row]}: expected a code below arms, ${arms}`);
}
