import fc from 'fast-check';
import {
  evidenceReach,
  evidenceReachAbove,
  logEvidence,
  logEvidenceAbove,
} from '../../../src/statistics/sequential/mixture';
import { seeded } from '../../support/streams';

const alphas = fc.double({ min: -300, max: -0.01, noNaN: true }).map((power) => 10 ** power);
const mixings = fc.double({ min: -8, max: 8, noNaN: true }).map((power) => 10 ** power);

test('at its reach the evidence is 1/α, on two sides and on one', () => {
  fc.assert(
    fc.property(alphas, mixings, (alpha, g) => {
      const wanted = -Math.log(alpha);
      const slack = 1e-9 * Math.max(1, wanted);
      expect(Math.abs(logEvidence(evidenceReach(alpha, g), g) - wanted)).toBeLessThan(slack);
      expect(Math.abs(logEvidence(-evidenceReach(alpha, g), g) - wanted)).toBeLessThan(slack);
      expect(Math.abs(logEvidenceAbove(evidenceReachAbove(alpha, g), g) - wanted)).toBeLessThan(slack);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('one-sided evidence grows with z and is finite everywhere', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), mixings, (a, b, g) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [less, more] = [logEvidenceAbove(low, g), logEvidenceAbove(high, g)];
      expect(Number.isFinite(less) && Number.isFinite(more)).toBe(true);
      expect(less).toBeLessThanOrEqual(more + 1e-9 * Math.max(1, Math.abs(more)));
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('the two halves of a normal mixture make the whole', () => {
  for (const z of [-3, -0.5, 0, 2, 7]) {
    const halves = Math.exp(logEvidenceAbove(z, 4)) + Math.exp(logEvidenceAbove(-z, 4));
    expect(halves / 2 / Math.exp(logEvidence(z, 4))).toBeCloseTo(1, 12);
  }
});

test('the one-sided bound lies inside the closed form that GrowthBook uses, and above two sides at 2α', () => {
  // (1 + 1/g)·2·ln(1 + √(1 + g)/2α); GrowthBook’s test: ends −.126568 from .234377 at an error of .129831.
  const g = (6_461 * (-2 * Math.log(0.1) + Math.log1p(-2 * Math.log(0.1)))) / 5_000;
  const closed = Math.sqrt((1 + 1 / g) * 2 * Math.log(1 + Math.sqrt(1 + g) / 0.1));
  expect(closed).toBeCloseTo((0.23437666666666668 + 0.12656844172804982) / 0.12983081254184736, 10);
  expect(evidenceReachAbove(0.05, g)).toBeLessThan(closed);
  expect(evidenceReachAbove(0.05, g)).toBeGreaterThan(0.99 * closed);
  expect(evidenceReachAbove(0.05, g)).toBeGreaterThan(evidenceReach(0.1, g));
});

test('at 400 looks evidence reaches 20 less often than once in twenty', () => {
  const random = seeded(11);
  const { sqrt, log, cos, PI } = Math;
  const trials = 1_500;
  let [two, one] = [0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    let [sum, crossed, crossedAbove] = [0, false, false];
    for (let n = 1; n <= 400; n += 1) {
      sum += sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
      const z = sum / sqrt(n);
      const g = n / 20;
      // No smaller z reaches it.
      crossed ||= z * z > 6 && logEvidence(z, g) >= log(20);
      crossedAbove ||= z > 2 && logEvidenceAbove(z, g) >= log(20);
    }
    two += Number(crossed);
    one += Number(crossedAbove);
  }
  // Never crossed would be as wrong as crossed too often; four standard errors of .05 are .0225.
  for (const count of [two, one]) {
    expect(count / trials).toBeLessThan(0.05 + 0.0225);
    expect(count / trials).toBeGreaterThan(0.01);
  }
});
