import { z } from 'zod';
import type { Hyperparameter, MetricEstimate, ModelSignature, Performance, VersionLineage } from '../contracts';
import { count, featureName, interval, name, text } from './primitives';

const MAX_FIELDS = 2_000;
const MAX_NAMES = 200;

/** The features that a model takes: an ONNX model gets them in this order, so it is asked for and not made. */
/** The features that a model takes. */
export const modelSignatureSchema = z
  .array(z.strictObject({ name: featureName, type: z.enum(['number', 'category']) }))
  .max(MAX_FIELDS)
  .superRefine((fields, context) => {
    fields.forEach((field, index) => {
      if (index === 0 || fields[index - 1]!.name < field.name) return;
      const message = 'expected fields by name in ascending order (of UTF-16 codes), each once';
      context.addIssue({ code: 'custom', path: [index, 'name'], message, input: field.name });
    });
  }) satisfies z.ZodType<ModelSignature>;

/** Values by name; a name may hold anything but what JavaScript keeps for itself. */
function named<T extends z.ZodType>(value: T) {
  const record = z.record(z.string().min(1).max(200), value).refine((given) => Object.keys(given).length <= MAX_NAMES, {
    error: `expected at most ${MAX_NAMES} names`,
  });
  return z
    .unknown()
    .refine((given) => !(given instanceof Object && Object.hasOwn(given, '__proto__')), {
      error: 'expected other names than __proto__',
    })
    .pipe(record);
}

const rows = z.number().int().min(0);

const performance = z.strictObject({
  n: rows,
  correct: rows,
  accuracy: z.number().nullable(),
  logLoss: z.number().nullable(),
  auroc: z.number().nullable(),
}) satisfies z.ZodType<Performance>;

const estimate = z
  .strictObject({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
  .refine(({ low, high }) => low === null || high === null || low <= high, {
    error: 'expected low to be at most high',
    path: ['low'],
  }) satisfies z.ZodType<MetricEstimate>;

const hyperparameter = z.union([z.string().max(500), z.number(), z.boolean(), z.null()], {
  error: 'expected a text of at most 500 characters, a finite number, a boolean or null',
}) satisfies z.ZodType<Hyperparameter>;

const lineage = z.strictObject({
  parent: count.nullable(),
  retraining: z.string().min(1).max(200).nullable(),
}) satisfies z.ZodType<VersionLineage>;

/** A model to register, without its bytes. */
export const registerModelSchema = z.strictObject({
  model: name,
  key: z.string().min(1).max(200),
  trainer: name.optional(),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'expected a SHA-256 of 64 small hexadecimal digits' })
    .optional(),
  dataset: z.string().min(1).max(200).optional(),
  trainedOn: interval.optional(),
  metrics: named(performance).optional(),
  signature: modelSignatureSchema.optional(),
  code: text.optional(),
  hyperparameters: named(hyperparameter).optional(),
  estimates: named(estimate).optional(),
  lineage: lineage.optional(),
});

/** A version of a model, by its number. */
export const modelVersionSchema = z.strictObject({ model: name, version: count });

/** Who removes a version, and why. */
export const removalSchema = z.strictObject({ who: text, reason: text });

/** What a version is called by what it does. */
export const aliasSchema = z.enum(['champion', 'challenger', 'previous'], {
  error: 'expected champion, challenger or previous',
});
