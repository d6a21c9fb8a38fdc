/** Spreads a part's repetitions over threads. What is drawn depends on the piece, not on the thread that drew it. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PIECE } from './part';
import type { Cell, Counts, Part, Row } from './part';
import { partOf } from './parts';
import { randomOf } from './random';

/** One piece of work. */
export interface Piece {
  readonly part: string;
  readonly small: boolean;
  readonly key: string;
  readonly index: number;
  readonly repetitions: number;
}

/** What a run is asked for. */
export interface Settings {
  readonly small: boolean;
  /** Instead of each cell's own. */
  readonly repetitions: number | null;
  readonly workers: number;
}

/** Simulates a piece. */
export function simulated({ part, small, key, index, repetitions }: Piece): Counts {
  const found = partOf(part);
  const cell = found.cells(small).find((one) => one.key === key);
  if (cell === undefined) throw new Error(`${part} has no cell ${key}`);
  return found.simulate(cell, repetitions, randomOf(`${part}/${key}/${index}`));
}

/** Simulates all cells of a part. */
export async function rowsOf(part: Part<Cell>, settings: Settings): Promise<Row<Cell>[]> {
  const { small } = settings;
  const cells = part.cells(small);
  const repetitionsOf = (cell: Cell) => settings.repetitions ?? cell.repetitions;
  const pieces = cells.flatMap((cell) =>
    Array.from({ length: Math.ceil(repetitionsOf(cell) / PIECE) }, (_, index): Piece => {
      const repetitions = Math.min(PIECE, repetitionsOf(cell) - index * PIECE);
      return { part: part.name, small, key: cell.key, index, repetitions };
    }),
  );
  const found = settings.workers <= 1 ? pieces.map(simulated) : await byWorkers(pieces, settings.workers);
  return cells.map((cell) => {
    const counts: Record<string, number> = {};
    pieces.forEach(({ key }, k) => {
      if (key !== cell.key) return;
      for (const [method, count] of Object.entries(found[k]!)) counts[method] = (counts[method] ?? 0) + count;
    });
    return { cell, repetitions: repetitionsOf(cell), counts };
  });
}

async function byWorkers(pieces: readonly Piece[], workers: number): Promise<Counts[]> {
  const found: Counts[] = [];
  let next = 0;
  const serve = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(join(__dirname, 'worker.ts'), { execArgv: ['--require', 'tsx/cjs'] });
      let current = -1;
      const hand = () => {
        current = next;
        next += 1;
        worker.postMessage(pieces[current] ?? null);
      };
      worker.on('message', (counts: Counts) => {
        found[current] = counts;
        hand();
      });
      worker.on('error', (error) => {
        // The others finish what they have and end.
        next = pieces.length;
        reject(error);
      });
      worker.on('exit', () => resolve());
      hand();
    });
  await Promise.all(Array.from({ length: Math.min(workers, pieces.length) }, serve));
  return found;
}
