import { z } from 'zod';
import type {
  DropVariant,
  ExperimentCommand,
  ExtendDesign,
  RampDesign,
  StartDesign,
  StopDesign,
} from '../contracts';
import { duration, instant, name, text } from './primitives';

const person = { who: name, reason: text };

/** Who asks, and why. */
export const experimentCommandSchema = z.strictObject(person) satisfies z.ZodType<ExperimentCommand>;

/** A person begins an experiment. */
export const startDesignSchema = z.strictObject({
  ...person,
  at: instant.optional(),
}) satisfies z.ZodType<StartDesign>;

/** A person lets more units in. */
export const rampDesignSchema = z.strictObject({
  ...person,
  coverage: z.number().gt(0).lte(1).optional(),
}) satisfies z.ZodType<RampDesign>;

/** A person lengthens an experiment. */
export const extendDesignSchema = z.strictObject({ ...person, duration }) satisfies z.ZodType<ExtendDesign>;

/** A person closes a variant. */
export const dropVariantSchema = z.strictObject({ ...person, variant: name }) satisfies z.ZodType<DropVariant>;

/** A person ends an experiment. */
export const stopDesignSchema = z.strictObject({
  ...person,
  decision: z.enum(['stop', 'inconclusive']).optional(),
}) satisfies z.ZodType<StopDesign>;
