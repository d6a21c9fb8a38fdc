import type { Table } from './table';

/** A kind of experiment data, known by its columns: what can be recomputed from it. */
export interface Layout {
  readonly name: string;
  readonly columns: readonly string[];
  /** The numbers in the shape in which the expected file gives them; what it asks beyond is left out. */
  readonly recompute: (table: Table) => Record<string, unknown>;
}

/** An answer that must be there. */
export function ok<Result extends { readonly status: string }>(result: Result): Extract<Result, { status: 'ok' }> {
  if (result.status !== 'ok') throw new Error(`expected an answer, got ${JSON.stringify(result)}`);
  return result as Extract<Result, { status: 'ok' }>;
}
