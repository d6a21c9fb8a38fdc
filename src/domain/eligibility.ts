import type { AttributeValue, Attributes, Condition, ExperimentDesign } from '../contracts';

/**
 * Whether all conditions of a design hold for a unit. Values are compared as they are: a number with numbers, text with
 * text, `'5'` is not 5. An attribute that the unit does not have meets `isNot`, `notIn` and `exists: false` only; null
 * is a value. A condition on the design's unit is about the unit itself.
 */
export function isEligible(
  design: Pick<ExperimentDesign, 'eligibility' | 'unit'>,
  unit: string,
  attributes: Attributes,
): boolean {
  for (const condition of design.eligibility) {
    const { attribute } = condition;
    if (!holds(condition, attribute === design.unit ? unit : valueOf(attributes, attribute))) return false;
  }
  return true;
}

/** Own properties only: `constructor` may be the name of an attribute. */
function valueOf(attributes: Attributes, name: string): AttributeValue | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function holds({ operator, value }: Condition, given: AttributeValue | undefined): boolean {
  switch (operator) {
    case 'is':
      return given === value;
    case 'isNot':
      return given !== value;
    case 'in':
      return given !== undefined && (value as readonly AttributeValue[]).includes(given);
    case 'notIn':
      return given === undefined || !(value as readonly AttributeValue[]).includes(given);
    case 'exists':
      return (given !== undefined) === value;
    case 'greaterThan':
      return order(given, value) > 0;
    case 'atLeast':
      return order(given, value) >= 0;
    case 'lessThan':
      return order(given, value) < 0;
    case 'atMost':
      return order(given, value) <= 0;
  }
}

/** Below, at or above 0 for two numbers or two texts (by their UTF-16 code units); NaN for all that has no order. */
function order(a: unknown, b: unknown): number {
  const numbers = typeof a === 'number' && typeof b === 'number';
  const texts = typeof a === 'string' && typeof b === 'string';
  if (!numbers && !texts) return Number.NaN;
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}
