import { MAKE } from './families';
import { REFERENCE } from './reference';

const named = REFERENCE.map((row) => [`${row[0]}(${row[1].join(', ')}) at ${row[2]}`, row] as const);

/** Relative error of exp(found), and of found itself, which is what a tail next to 1 asks for. */
function off(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.min(1, Math.abs(expected));
}

test.each(named)('%s', (_name, [name, parameters, x, lower, upper, density]) => {
  const law = MAKE[name]!(...parameters);
  // Large shapes feel the rounding of x itself: 1e10 and its root of 1e5 roundings.
  const slack = parameters.some((parameter) => parameter >= 1e8) ? 1e-10 : 5e-12;
  if (lower === null) expect(law.logCdf(x)).toBe(-Infinity);
  else if (lower > -Number.MIN_VALUE) expect(law.logCdf(x)).toBeGreaterThan(-1e-300);
  else expect(off(law.logCdf(x), lower)).toBeLessThan(slack);
  if (upper === null) expect(law.logSurvival(x)).toBe(-Infinity);
  else if (upper > -Number.MIN_VALUE) expect(law.logSurvival(x)).toBeGreaterThan(-1e-300);
  else expect(off(law.logSurvival(x), upper)).toBeLessThan(slack);
  expect(Math.abs(law.logDensity(x) - density)).toBeLessThan(slack);
  // And what is not a logarithm is what its logarithm says.
  for (const [found, log] of [
    [law.cdf(x), law.logCdf(x)],
    [law.survival(x), law.logSurvival(x)],
    [law.density(x), law.logDensity(x)],
  ] as const)
    expect(Math.abs(found - Math.exp(log))).toBeLessThanOrEqual(2e-13 * Math.exp(log) + Number.MIN_VALUE * 1e3);
});
