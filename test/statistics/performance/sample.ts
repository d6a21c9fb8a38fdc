/** Thirty rows with ties, drawn once with numpy (seed 8). */
export const LABELS = [
  ...[1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 0],
  ...[0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0],
];
export const SCORES = [
  ...[0.5, 0, 0.7, 0.7, 0.2, 1, 0.7, 0.5, 0.1, 0, 1, 0.5, 0.3, 0.4, 0.3],
  ...[0.3, 0.9, 0.5, 0.1, 0.3, 0, 0.7, 0.4, 0.4, 1, 0.7, 0.9, 1, 0.5, 0.3],
];

export const ACTUAL = [3.2, 5.1, 7.7, 9, 2.4, 6.6];
export const PREDICTED = [2.9, 5.5, 7, 9.9, 3, 6.1];
