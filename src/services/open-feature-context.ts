import type { EvaluationContext } from '@openfeature/server-sdk';
import type { Attributes, AttributeValue, ExperimentDesign } from '../contracts';

/**
 * The unit of an evaluation: the attribute that the design randomises by, otherwise the targeting key; undefined where
 * the context has neither.
 */
export function unitOf(design: ExperimentDesign, context: EvaluationContext): string | undefined {
  for (const given of [context[design.unit], context.targetingKey])
    if (typeof given === 'string' && given !== '') return given;
  return undefined;
}

/** Of a context, what the design declares as an attribute and is one value. */
export function attributesOf(design: ExperimentDesign, context: EvaluationContext): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const name of design.attributes) {
    if (!Object.hasOwn(context, name)) continue;
    const value = context[name];
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[name] = value;
  }
  return attributes;
}
