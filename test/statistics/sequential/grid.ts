import { normalSurvival } from '../../../src/statistics';

/** P(crossed by each look) by the trapezoidal rule on one fixed grid: slow, plain, and unlike what it checks. */
export function crossingByGrid(bounds: readonly number[], information: readonly number[], sides: 1 | 2): number[] {
  const points = 801;
  const { exp } = Math;
  let nodes: Float64Array | null = null;
  let masses = new Float64Array(points);
  let crossed = 0;
  return bounds.map((bound, k) => {
    const spread = Math.sqrt(information[k]! - (information[k - 1] ?? 0));
    const edge = bound * Math.sqrt(information[k]!);
    const top = Math.min(edge, 8 * Math.sqrt(information[k]!));
    const bottom = sides === 2 ? -top : -8 * Math.sqrt(information[k]!);
    const step = (top - bottom) / (points - 1);
    const over = (kernel: (distance: number) => number, x: number) =>
      nodes === null ? kernel(x / spread) : nodes.reduce((sum, s, j) => sum + masses[j]! * kernel((x - s) / spread), 0);
    crossed += sides * over(normalSurvival, edge);
    const next = Float64Array.from({ length: points }, (_, i) => bottom + i * step);
    const gaussian = (distance: number) => exp(-0.5 * distance * distance);
    masses = next.map((x, i) => {
      const weight = i === 0 || i === points - 1 ? step / 2 : step;
      return k === bounds.length - 1 ? 0 : (weight * over(gaussian, x)) / (spread * Math.sqrt(2 * Math.PI));
    });
    nodes = next;
    return crossed;
  });
}
