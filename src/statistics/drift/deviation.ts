/**
 * The standard deviation of a population in two passes, each in four chains that do not wait for each other.
 * @param values finite, at least one
 */
export function populationDeviation(values: Float64Array): number {
  const origin = values[0]!;
  const mean = origin + sumOf(values, origin) / values.length;
  const deviation = Math.sqrt(squaresOf(values, mean) / values.length);
  if (Number.isFinite(deviation)) return deviation;
  // Near the largest double even differences overflow; in fractions of it they do not.
  const unit = 2 ** 520;
  return Math.min(Number.MAX_VALUE, populationDeviation(values.map((value) => value / unit)) * unit);
}

function sumOf(values: Float64Array, origin: number): number {
  const whole = values.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < whole; k += 4) {
    a += values[k]! - origin;
    b += values[k + 1]! - origin;
    c += values[k + 2]! - origin;
    d += values[k + 3]! - origin;
  }
  for (let k = whole; k < values.length; k += 1) a += values[k]! - origin;
  return a + b + (c + d);
}

function squaresOf(values: Float64Array, mean: number): number {
  const whole = values.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < whole; k += 4) {
    const p = values[k]! - mean;
    const q = values[k + 1]! - mean;
    const r = values[k + 2]! - mean;
    const s = values[k + 3]! - mean;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (let k = whole; k < values.length; k += 1) a += (values[k]! - mean) ** 2;
  return a + b + (c + d);
}
