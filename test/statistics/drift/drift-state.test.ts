import fc from 'fast-check';
import { driftState } from '../../../src/statistics';

test.each([
  [[], 'stable'],
  [[true], 'possible'],
  [[true, true], 'drift'],
  [[true, true, false], 'possible'],
  [[true, true, false, false], 'stable'],
] as const)('two of two: %j is %s', (flags, state) => {
  expect(driftState(flags)).toBe(state);
});

test('of more batches, the flags need not stand side by side', () => {
  expect(driftState([true, false, true], { flags: 2, of: 3 })).toBe('drift');
  expect(driftState([true, false, false, true], { flags: 2, of: 3 })).toBe('possible');
  expect(driftState([true], { flags: 1, of: 1 })).toBe('drift');
});

test('what is older than the rule looks back changes nothing; another flag never calms', () => {
  const rule = fc.integer({ min: 1, max: 5 }).chain((of) => fc.record({ of: fc.constant(of), flags: fc.integer({ min: 1, max: of }) })); // prettier-ignore
  const rank = { stable: 0, possible: 1, drift: 2 };
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 12 }), rule, fc.nat(11), (flags, how, place) => {
      expect(driftState(flags.slice(-how.of), how)).toBe(driftState(flags, how));
      const more = flags.map((flag, k) => flag || k === place);
      expect(rank[driftState(more, how)]).toBeGreaterThanOrEqual(rank[driftState(flags, how)]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a rule that cannot be met is refused', () => {
  expect(() => driftState([], { flags: 0, of: 2 })).toThrow('hysteresis is 0 of 2');
  expect(() => driftState([], { flags: 3, of: 2 })).toThrow(RangeError);
  expect(() => driftState([], { flags: 1.5, of: 2 })).toThrow('hysteresis.flags is 1.5');
});
