import type { Alternative } from '../result';

/** Where two empirical distributions lie farthest apart. */
export interface LargestStep {
  /** max of i·m − j·n (or its size, or its negative), where i and j count the values at or below `location`. */
  readonly steps: number;
  /** Where that is; of several such values the first at which i/n − j/m in doubles is largest, as scipy has it. */
  readonly location: number;
  /** 1 where the first sample's distribution is above the second's. */
  readonly sign: 1 | -1;
}

/** The largest distance above and below so far, of all that were offered. */
export class Farthest {
  highest = -Infinity;
  lowest = Infinity;
  private readonly n: number;
  private readonly m: number;
  private highestAt = 0;
  private lowestAt = 0;
  /** i/n − j/m there: equal distances in whole steps may differ in the last digit. */
  private above = 0;
  private below = 0;
  private lowestInFirst = false;

  constructor(n: number, m: number) {
    [this.n, this.m] = [n, m];
  }

  /**
   * @param net i·m − j·n
   * @param rows i, the first sample's values at or below
   * @param inFirst whether the first sample has the value
   */
  offer(net: number, rows: number, inFirst: boolean, location: number): void {
    const { n, m } = this;
    if (net < this.highest && net > this.lowest) return;
    const difference = rows / n - (rows * m - net) / n / m;
    if (net > this.highest || (net === this.highest && difference > this.above))
      [this.highest, this.highestAt, this.above] = [net, location, difference];
    // The first sample's values come first, then those that only the second has.
    const earlier = difference === this.below && inFirst && !this.lowestInFirst;
    if (net < this.lowest || (net === this.lowest && (difference < this.below || earlier)))
      [this.lowest, this.lowestAt, this.below, this.lowestInFirst] = [net, location, difference, inFirst];
  }

  best(alternative: Alternative): LargestStep {
    const [up, down] = [Math.max(0, this.highest), Math.max(0, -this.lowest)];
    const upper = up > down || (up === down && Math.max(0, this.above) >= Math.max(0, -this.below));
    if (alternative === 'greater' || (alternative === 'two-sided' && upper))
      return { steps: up, location: this.highestAt, sign: 1 };
    return { steps: down, location: this.lowestAt, sign: -1 };
  }
}
