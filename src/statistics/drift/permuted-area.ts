import type { RandomStream } from '../random-stream';

// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { floor, min, max, clz32 } = Math;

/**
 * The area between the empirical distribution functions of `part` values and all others, for random parts of a pooled
 * sample. Prefix sums over the sorted gaps make one part cost its own size, not that of the sample.
 */
export class PermutedArea {
  private readonly n: number;
  private readonly part: number;
  /** Σ of the gaps up to a place, and Σ of the gaps times their place. */
  private readonly gaps: Float64Array;
  private readonly placed: Float64Array;
  private readonly marks: Int32Array;

  /**
   * @param sorted the pooled sample, ascending
   * @param part the size of the smaller side, at most half of the pooled sample
   */
  constructor(sorted: Float64Array, part: number) {
    const n = sorted.length;
    [this.n, this.part] = [n, part];
    [this.gaps, this.placed] = [new Float64Array(n), new Float64Array(n)];
    for (let place = 1; place < n; place += 1) {
      const gap = sorted[place]! - sorted[place - 1]!;
      this.gaps[place] = this.gaps[place - 1]! + gap;
      this.placed[place] = this.placed[place - 1]! + place * gap;
    }
    this.marks = new Int32Array((n >>> 5) + 1);
  }

  /** The areas of parts chosen at random. */
  draws(random: RandomStream, repetitions: number): Float64Array {
    const areas = new Float64Array(repetitions);
    for (let k = 0; k < repetitions; k += 1) {
      this.choose(random);
      areas[k] = this.area();
    }
    return areas;
  }

  /** Marks `part` different places. */
  private choose(random: RandomStream): void {
    const { marks, n } = this;
    marks.fill(0);
    for (let chosen = 0; chosen < this.part;) {
      const place = floor(random.next() * n);
      const word = marks[place >>> 5]!;
      const bit = 1 << (place & 31);
      if ((word & bit) !== 0) continue;
      marks[place >>> 5] = word | bit;
      chosen += 1;
    }
  }

  private area(): number {
    const { marks, n, part } = this;
    let [area, seen, from] = [0, 0, 0];
    for (let index = 0; index < marks.length; index += 1) {
      let word = marks[index]!;
      while (word !== 0) {
        const bit = word & -word;
        const place = (index << 5) + 31 - clz32(bit);
        word ^= bit;
        area += this.between(from, place, seen);
        from = place;
        seen += 1;
      }
    }
    area += this.between(from, n - 1, seen);
    return area / part / (n - part);
  }

  /** Σ |seen·n − place·part| · gap over the gaps after `from` up to `to`: the difference changes its sign once. */
  private between(from: number, to: number, seen: number): number {
    if (to <= from) return 0;
    const { gaps, placed, n, part } = this;
    const turn = min(to, max(from, floor((seen * n) / part)));
    const ahead = seen * n * (gaps[turn]! - gaps[from]!) - part * (placed[turn]! - placed[from]!);
    const behind = part * (placed[to]! - placed[turn]!) - seen * n * (gaps[to]! - gaps[turn]!);
    return ahead + behind;
  }
}
