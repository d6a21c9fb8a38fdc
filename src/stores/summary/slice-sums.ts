import { mergeCells } from './cells';
import type { Cells } from './cells';
import { ExactSum } from './exact-sum';

/** What a row adds to sums: 1 to each of the counts, each number to its sum. */
export interface Terms {
  readonly counts: readonly string[];
  readonly sums: readonly (readonly [name: string, ...addends: number[]])[];
}

/**
 * Counts and exact sums by name. They are whole numbers throughout, so rows may come in any order, be taken away again,
 * and parts merge into the whole.
 */
export class SliceSums {
  readonly counts = new Map<string, number>();
  readonly sums = new Map<string, ExactSum>();
  /** Scores by bin, served class and label. */
  readonly scores: Cells = new Map();
  /** Scores of hours that are merged at once, when all of them are there. */
  readonly packed: Uint8Array[] = [];
  /** When the newest standing label became known. */
  newestLabel = Number.NEGATIVE_INFINITY;

  /** Adds a row's terms, or takes them away. */
  add({ counts, sums }: Terms, sign: 1 | -1): void {
    for (const name of counts) this.count(name, sign);
    for (const term of sums) {
      const sum = this.sum(term[0]);
      for (let place = 1; place < term.length; place += 1) sum.add(term[place] as number, sign);
    }
  }

  /** Adds another's sums, or takes them away. */
  merge(other: SliceSums, sign: 1 | -1 = 1): void {
    for (const [name, n] of other.counts) this.count(name, sign * n);
    for (const [name, sum] of other.sums) this.sum(name).merge(sum, sign);
    mergeCells(this.scores, other.scores, sign);
    for (const bytes of other.packed) this.packed.push(bytes);
    if (sign === 1) this.newestLabel = Math.max(this.newestLabel, other.newestLabel);
  }

  /** How often a name was counted. */
  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** The exact sum of a name. */
  sum(name: string): ExactSum {
    let sum = this.sums.get(name);
    if (sum === undefined) this.sums.set(name, (sum = new ExactSum()));
    return sum;
  }

  private count(name: string, by: number): void {
    const total = (this.counts.get(name) ?? 0) + by;
    if (total === 0) this.counts.delete(name);
    else this.counts.set(name, total);
  }
}
