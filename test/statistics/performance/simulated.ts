import { normalQuantile } from '../../../src/statistics';
import { RandomStream } from '../../../src/statistics/random-stream';

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** How a simulated classifier sees its rows. */
export interface World {
  /** Mean and deviation of the log odds: other inputs, the same meaning. */
  readonly mean?: number;
  readonly deviation?: number;
  /** Added to the log odds when labels are drawn, not when scores are given: another meaning. */
  readonly concept?: number;
  /** What the model makes of the true probability. */
  readonly warp?: (probability: number) => number;
}

/** Rows of a classifier whose log odds are normal. */
export function simulated(seed: number, n: number, world: World = {}) {
  const { mean = -0.5, deviation = 1.5, concept = 0, warp = (probability) => probability } = world;
  const random = new RandomStream(seed);
  const [labels, scores] = [new Uint8Array(n), new Float64Array(n)];
  for (let row = 0; row < n; row += 1) {
    const odds = mean + deviation * normalQuantile(random.next());
    scores[row] = warp(logistic(odds));
    labels[row] = random.next() < logistic(odds + concept) ? 1 : 0;
  }
  return { labels, scores };
}

/** A model that is too sure of itself. */
export const overconfident = (p: number): number => logistic(2.2 * Math.log(p / (1 - p)) + 0.5);
