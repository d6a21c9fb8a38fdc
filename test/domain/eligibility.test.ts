import fc from 'fast-check';
import { CONDITION_OPERATORS } from '../../src/contracts';
import type { Attributes, AttributeValue, Condition } from '../../src/contracts';
import { isEligible } from '../../src/domain/eligibility';

function meets(
  operator: Condition['operator'],
  value: Condition['value'],
  given: AttributeValue | undefined,
  attribute = 'x',
): boolean {
  const attributes: Attributes = given === undefined ? {} : { [attribute]: given };
  return isEligible({ unit: 'userId', eligibility: [{ attribute, operator, value }] }, 'u1', attributes);
}

const MISSING = undefined;

test.each<[Condition['operator'], Condition['value'], AttributeValue | undefined, boolean]>([
  ['is', 'DE', 'DE', true],
  ['is', 'DE', 'de', false],
  ['is', 5, 5, true],
  ['is', 5, '5', false],
  ['is', true, 1, false],
  ['is', null, null, true],
  ['is', null, MISSING, false],
  ['isNot', 'DE', 'FR', true],
  ['isNot', 'DE', 'DE', false],
  ['isNot', 5, '5', true],
  ['isNot', 'DE', MISSING, true],
  ['in', ['DE', 'FR'], 'FR', true],
  ['in', ['DE', 'FR'], 'IT', false],
  ['in', [1, 2], '1', false],
  ['in', [null], MISSING, false],
  ['notIn', ['DE', 'FR'], 'IT', true],
  ['notIn', ['DE', 'FR'], 'FR', false],
  ['notIn', ['DE'], MISSING, true],
  ['exists', true, 0, true],
  ['exists', true, null, true],
  ['exists', true, MISSING, false],
  ['exists', false, MISSING, true],
  ['exists', false, '', false],
  ['greaterThan', 18, 19, true],
  ['greaterThan', 18, 18, false],
  ['greaterThan', 18, '19', false],
  ['greaterThan', 18, true, false],
  ['greaterThan', '10', '9', true],
  ['greaterThan', 18, MISSING, false],
  ['greaterThan', 18, Number.NaN, false],
  ['atLeast', 18, 18, true],
  ['atLeast', 18, 17.9, false],
  ['atLeast', 'b', 'b', true],
  ['lessThan', 18, 17, true],
  ['lessThan', 18, 18, false],
  ['lessThan', 18, null, false],
  ['lessThan', 18, MISSING, false],
  ['atMost', 18, 18, true],
  ['atMost', 18, 18.1, false],
  ['atMost', 18, Number.NaN, false],
])('%s %j given %j: %s', (operator, value, given, expected) => {
  expect(meets(operator, value, given)).toBe(expected);
});

test('a missing attribute meets isNot, notIn and exists: false, and nothing else', () => {
  const values = { in: ['a'], notIn: ['a'], exists: false } as Partial<Record<string, Condition['value']>>;
  const met = CONDITION_OPERATORS.filter((operator) => meets(operator, values[operator] ?? 'a', MISSING));
  expect(met).toEqual(['isNot', 'notIn', 'exists']);
});

test('what every object has is no attribute', () => {
  for (const attribute of ['constructor', 'toString', '__proto__'])
    expect(meets('exists', true, MISSING, attribute)).toBe(false);
});

test('all conditions must hold, none hold for everybody', () => {
  const eligibility: Condition[] = [
    { attribute: 'country', operator: 'is', value: 'DE' },
    { attribute: 'age', operator: 'atLeast', value: 18 },
  ];
  const eligible = (attributes: Attributes) => isEligible({ unit: 'userId', eligibility }, 'u1', attributes);
  expect(eligible({ country: 'DE', age: 18 })).toBe(true);
  expect(eligible({ country: 'DE', age: 17 })).toBe(false);
  expect(eligible({ country: 'FR', age: 18 })).toBe(false);
  expect(isEligible({ unit: 'userId', eligibility: [] }, 'u1', {})).toBe(true);
});

test("a condition on the design's unit is about the unit, whatever the attributes say", () => {
  const eligibility: Condition[] = [{ attribute: 'userId', operator: 'in', value: ['u1'] }];
  expect(isEligible({ unit: 'userId', eligibility }, 'u1', { userId: 'u2' })).toBe(true);
  expect(isEligible({ unit: 'userId', eligibility }, 'u2', {})).toBe(false);
});

test('an order and its reverse never hold both, and one of the three always does between two of a kind', () => {
  const pair = fc.oneof(
    fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })),
    fc.tuple(fc.string(), fc.string()),
  );
  fc.assert(
    fc.property(pair, ([given, value]) => {
      const held = (['lessThan', 'greaterThan'] as const).filter((operator) => meets(operator, value, given));
      const equal = meets('atLeast', value, given) && meets('atMost', value, given);
      return held.length + (equal ? 1 : 0) === 1;
    }),
  );
});
