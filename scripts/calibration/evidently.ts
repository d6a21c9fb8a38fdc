/** Evidently beside ours: the package judges what the first pieces of the same seeds draw. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriftCell } from './drift';
import { PIECE } from './part';
import type { Row } from './part';
import { randomOf } from './random';
import { LAWS, valuesOf } from './samples';

/** How its column is named. */
export const EVIDENTLY = 'evidently';
const PIECES = 2;

/**
 * Its rates on the samples of our cells.
 * @param python an interpreter that has the package
 */
export function evidentlyRows(python: string, small: boolean, cells: readonly DriftCell[]): Row<DriftCell>[] {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-evidently-'));
  try {
    const pieces = small ? 1 : PIECES;
    const asked = cells.map(({ key, law, reference, current }, k) => {
      const chunks = Array.from({ length: pieces }, (_, piece) => drawn(key, piece, [law, reference, current]));
      writeFileSync(join(folder, `${k}.f64`), Buffer.concat(chunks));
      const kind = LAWS[law].kind === 'numeric' ? 'num' : 'cat';
      return { kind, reference, current, repetitions: pieces * PIECE, file: `${k}.f64` };
    });
    writeFileSync(join(folder, 'cells.json'), JSON.stringify(asked));
    const answer = execFileSync(python, [join(__dirname, 'evidently-defaults.py'), folder], { encoding: 'utf8' });
    const found = JSON.parse(answer) as { cells: { rate: number }[] };
    return cells.map((cell, k) => ({
      cell: { ...cell, key: `${cell.key}/${EVIDENTLY}`, method: EVIDENTLY },
      repetitions: pieces * PIECE,
      counts: { significant: Math.round(found.cells[k]!.rate * pieces * PIECE) },
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What our simulation draws in a piece: reference and current in turn, after the seed of the second batches. */
function drawn(
  key: string,
  piece: number,
  [law, reference, current]: readonly [DriftCell['law'], number, number],
): Buffer {
  const random = randomOf(`drift/${key}/${piece}`);
  random.uint32();
  const rows = Array.from({ length: PIECE }, () =>
    [reference, current].map((n) => valuesOf(LAWS[law], n, random)),
  ).flat();
  return Buffer.concat(rows.map((values) => Buffer.from(values.buffer)));
}
