import { momentsOf } from '../statistics';
import type { LogisticRegressionModel } from './model';

/** Data that no model can be trained on. */
export class TrainingRefused extends Error {
  override readonly name = 'TrainingRefused';
  readonly code: 'single-class' | 'too-few-rows';

  constructor(code: 'single-class' | 'too-few-rows', message: string) {
    super(message);
    this.code = code;
  }
}

const MAX_STEPS = 100;
const TOLERANCE = 1e-10;

/**
 * Logistic regression as scikit-learn's default fits it: features standardised with the population σ, penalty
 * ½‖w‖² + C Σ log loss, intercept unpenalised; by Newton steps, halved while they do not descend.
 * A constant feature is kept with scale 1, a missing value is taken for the mean; a column without values, or with
 * values so large that their variance is no number, is dropped.
 * @param data.c inverse strength of the penalty, default 1
 * @throws TrainingRefused with one class only, or fewer than two rows
 */
export function trainLogisticRegression(data: {
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly labels: ArrayLike<number>;
  readonly c?: number;
}): LogisticRegressionModel {
  const y = Float64Array.from(data.labels);
  const positives = y.reduce((sum, label) => sum + label, 0);
  if (y.length < 2) throw new TrainingRefused('too-few-rows', `cannot train on ${y.length} rows: expected 2 or more`);
  if (positives === 0 || positives === y.length) {
    throw new TrainingRefused('single-class', `cannot train on one class: ${positives} of ${y.length} labels are 1`);
  }
  const features: LogisticRegressionModel['features'][number][] = [];
  const z: Float64Array[] = [];
  for (const name of [...data.columns.keys()].sort()) {
    const standardised = standardise(data.columns.get(name)!);
    if (standardised === null) continue;
    features.push({ name, mean: standardised.mean, scale: standardised.scale });
    z.push(standardised.values);
  }
  const weights = newton(z, y, data.c ?? 1);
  return {
    format: 'loopwright/logistic-regression@1',
    features,
    coefficients: [...weights.slice(0, -1)],
    intercept: weights.at(-1)!,
    trainedRows: y.length,
  };
}

function standardise(column: Float64Array): { mean: number; scale: number; values: Float64Array } | null {
  const { n, mean, m2 } = momentsOf(column);
  if (n === 0 || m2 === null) return null;
  // A missing value is taken for the mean: it widens the sample, not the spread.
  const deviation = Math.sqrt(m2 / column.length);
  // A spread at the rounding of the mean is a constant, not a feature.
  const constant = deviation <= 10 * Number.EPSILON * Math.max(1, Math.abs(mean));
  const scale = constant ? 1 : deviation;
  const standard = (value: number) => (constant || !Number.isFinite(value) ? 0 : (value - mean) / scale);
  return { mean, scale, values: column.map(standard) };
}

/** Minimises ½‖w‖² + C Σ log(1 + exp(−±s)); the last weight is the intercept. */
function newton(z: readonly Float64Array[], y: Float64Array, c: number): Float64Array {
  let weights = new Float64Array(z.length + 1);
  let value = objective(z, y, c, weights);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { gradient, hessian } = derivatives(z, y, c, weights);
    if (Math.max(...gradient.map(Math.abs)) < TOLERANCE * y.length) break;
    const direction = solve(hessian, gradient);
    let length = 1;
    let next = weights.map((weight, index) => weight - direction[index]!);
    let nextValue = objective(z, y, c, next);
    while (nextValue > value && length > 1e-8) {
      length /= 2;
      next = weights.map((weight, index) => weight - length * direction[index]!);
      nextValue = objective(z, y, c, next);
    }
    const moved = Math.max(...next.map((weight, index) => Math.abs(weight - weights[index]!)));
    weights = next;
    value = nextValue;
    if (moved < 1e-12) break;
  }
  return weights;
}

function linear(z: readonly Float64Array[], weights: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n).fill(weights[z.length]!);
  z.forEach((column, index) => {
    const weight = weights[index]!;
    for (let row = 0; row < n; row += 1) sums[row]! += weight * column[row]!;
  });
  return sums;
}

function objective(z: readonly Float64Array[], y: Float64Array, c: number, weights: Float64Array): number {
  const penalty = weights.subarray(0, z.length).reduce((sum, weight) => sum + weight * weight, 0) / 2;
  const loss = linear(z, weights, y.length).reduce((sum, s, row) => {
    const margin = y[row] === 1 ? s : -s;
    // log(1 + e^−m) without overflow.
    return sum + (margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin)));
  }, 0);
  return penalty + c * loss;
}

function derivatives(
  z: readonly Float64Array[],
  y: Float64Array,
  c: number,
  weights: Float64Array,
): { gradient: Float64Array; hessian: Float64Array[] } {
  const [k, n] = [z.length, y.length];
  const p = linear(z, weights, n).map((s) => 1 / (1 + Math.exp(-s)));
  const columns = [...z, new Float64Array(n).fill(1)];
  const penalty = (index: number) => (index < k ? 1 : 0);
  const gradient = Float64Array.from(columns, (column, index) => {
    let sum = 0;
    for (let row = 0; row < n; row += 1) sum += (p[row]! - y[row]!) * column[row]!;
    return c * sum + penalty(index) * weights[index]!;
  });
  const hessian = columns.map((left, i) =>
    Float64Array.from(columns, (right, j) => {
      if (j > i) return 0;
      let sum = 0;
      for (let row = 0; row < n; row += 1) sum += p[row]! * (1 - p[row]!) * left[row]! * right[row]!;
      return c * sum + (i === j ? penalty(i) : 0);
    }),
  );
  return { gradient, hessian };
}

/** Solves H x = g for a symmetric positive definite H given by its lower half: Cholesky. */
function solve(hessian: readonly Float64Array[], gradient: Float64Array): Float64Array {
  const size = gradient.length;
  const lower = hessian.map((row) => row.slice());
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = lower[i]![j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i]![k]! * lower[j]![k]!;
      // The intercept has no penalty: saturated data leaves it a pivot of rounding size.
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j]![j]!;
    }
  }
  const x = gradient.slice();
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}
