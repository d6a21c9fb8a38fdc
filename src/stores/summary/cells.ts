/** Counts by whole-numbered cell. */
export type Cells = Map<number, number>;

/** Adds to a cell; one that comes to 0 is no longer there. */
export function count(cells: Cells, cell: number, by: number): void {
  const total = (cells.get(cell) ?? 0) + by;
  if (total === 0) cells.delete(cell);
  else cells.set(cell, total);
}

/** Adds all cells of another. */
export function mergeCells(into: Cells, from: Cells, sign: 1 | -1 = 1): void {
  for (const [cell, n] of from) count(into, cell, sign * n);
}

/**
 * The one form of cells in bytes: in ascending order, the distance to the cell before and the count, as numbers of
 * seven bits a byte. Cells and counts are whole and not negative.
 */
export function packCells(cells: Cells): Buffer {
  const order = Float64Array.from(cells.keys()).sort();
  const bytes = Buffer.allocUnsafe(order.length * 16);
  let length = 0;
  let before = 0;
  const write = (whole: number): void => {
    let left = whole;
    for (; left >= 128; left = Math.floor(left / 128)) bytes[length++] = 128 | (left % 128);
    bytes[length++] = left;
  };
  for (const cell of order) {
    write(cell - before);
    write(cells.get(cell)!);
    before = cell;
  }
  return bytes.subarray(0, length);
}

/** Adds the cells of packed bytes to others. */
export function unpackCells(bytes: Uint8Array, into: Cells = new Map()): Cells {
  eachCell(bytes, (cell, n) => count(into, cell, n));
  return into;
}

function eachCell(bytes: Uint8Array, visit: (cell: number, n: number) => void): void {
  let [at, cell] = [0, 0];
  const read = (): number => {
    let whole = bytes[at++]!;
    if (whole < 128) return whole;
    whole -= 128;
    for (let weight = 128; ; weight *= 128) {
      const byte = bytes[at++]!;
      if (byte < 128) return whole + byte * weight;
      whole += (byte - 128) * weight;
    }
  };
  while (at < bytes.length) {
    cell += read();
    visit(cell, read());
  }
}

/** Cells in ascending order with their counts. */
export interface CellColumns {
  readonly cells: Float64Array;
  readonly counts: Float64Array;
}

let dense = new Float64Array(0);

/** The sum of cells and of many that are packed: hundreds of hours at once, without a look-up for each of their cells. */
export function mergePacked(cells: Cells, packed: readonly Uint8Array[], size: number): CellColumns {
  if (dense.length < size) dense = new Float64Array(size);
  const all = dense;
  let [least, most, used] = [size, -1, 0];
  const add = (cell: number, n: number): void => {
    if (all[cell] === 0) used += 1;
    all[cell]! += n;
    if (cell < least) least = cell;
    if (cell > most) most = cell;
  };
  for (const [cell, n] of cells) add(cell, n);
  for (const bytes of packed) eachCell(bytes, add);
  const columns = { cells: new Float64Array(used), counts: new Float64Array(used) };
  for (let cell = least, place = 0; cell <= most; cell += 1) {
    if (all[cell] === 0) continue;
    columns.cells[place] = cell;
    columns.counts[place++] = all[cell]!;
    all[cell] = 0;
  }
  return columns;
}
