import fc from 'fast-check';
import { beta, binomial, chiSquare, fisherF, gamma, kolmogorov, normal, studentT } from '../../../src/statistics';
import type { Distribution } from '../../../src/statistics';

/** Every distribution by its name. */
export const MAKE: Readonly<Record<string, (...parameters: number[]) => Distribution>> = {
  normal,
  studentT: (df) => studentT(df),
  chiSquare: (df) => chiSquare(df),
  gamma: (shape, scale) => gamma(shape, scale),
  beta: (a, b) => beta(a, b),
  fisherF: (between, within) => fisherF(between, within),
  binomial: (n, p) => binomial(n, p),
  kolmogorov,
};

/** A number whose logarithm is uniform. */
export function magnitude(low: number, high: number): fc.Arbitrary<number> {
  return fc.double({ min: Math.log10(low), max: Math.log10(high), noNaN: true }).map((power) => 10 ** power);
}

/** A probability, small ones as likely as large ones. */
export const share = fc.oneof(fc.double({ min: 1e-3, max: 0.999, noNaN: true }), magnitude(1e-300, 1));

const mean = fc.double({ min: -100, max: 100, noNaN: true });
const shape = magnitude(1e-2, 1e9);

/** Continuous distributions of all shapes. */
export const continuous: fc.Arbitrary<Distribution> = fc.oneof(
  fc.tuple(mean, magnitude(1e-3, 1e3)).map(([centre, deviation]) => normal(centre, deviation)),
  magnitude(0.1, 1e12).map((df) => studentT(df)),
  shape.map((df) => chiSquare(df)),
  fc.tuple(shape, magnitude(1e-3, 1e3)).map(([a, scale]) => gamma(a, scale)),
  fc.tuple(shape, shape).map(([a, b]) => beta(a, b)),
  fc.tuple(shape, shape).map(([between, within]) => fisherF(between, within)),
  fc.constant(kolmogorov()),
);
