import { z } from 'zod';
import { PIPELINE_LIMITS, PIPELINE_NAME_PATTERN, PIPELINE_NAME_RULE } from '../contracts';
import type { PipelineHandler, PipelineStage, RolloutStrategy } from '../contracts';
import { duration, name as registryName } from './primitives';
import { rolloutStrategySchema } from './rollout';

const LIMITS = PIPELINE_LIMITS;

/** What stages, inputs, outputs, parameters and metrics may be called. */
export const pipelineName = z.string().regex(PIPELINE_NAME_PATTERN, { error: `expected ${PIPELINE_NAME_RULE}` });

const number = z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
  error: 'expected a whole number of at most 2^53 - 1, which is kept exactly, or a text in quotes',
});

/** A text, number or boolean. */
export const pipelineValue = z.union([z.string().max(LIMITS.text), number, z.boolean()], {
  error: `expected a text of at most ${LIMITS.text} characters, true, false or a number that is kept exactly`,
});

/** Values by name. A key `__proto__`, which the record would leave out without a word, is told. */
export function named<V extends z.ZodType>(value: V, most: number) {
  const record = z.record(pipelineName, value).refine((given) => Object.keys(given).length <= most, {
    error: `expected at most ${most}`,
  });
  return z.preprocess((given, context) => {
    if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: `expected ${PIPELINE_NAME_RULE}`, input: given });
    return given;
  }, record);
}

/** Registry, path, tag and digest, without a scheme; one pass, no part of it can be read in two ways. */
const IMAGE =
  /^(?:[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*(?::\d{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

const image = z
  .string()
  .max(255)
  .regex(IMAGE, { error: 'expected an image such as registry.example.com/team/trainer:v1.2.0, without a template' });

/** A word of a command line: a text of its own, never read by a shell. */
const word = z
  .string()
  .max(LIMITS.text)
  .refine((text) => !text.includes('{{'), {
    error: 'expected no template: values reach a stage by its inputs and hyperparameters, never by its command line',
  })
  .refine((text) => !text.includes('\0'), { error: 'expected a text without NUL' });

const command = z.array(word).max(LIMITS.command).default([]);

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\\]/;

const path = z
  .string()
  .min(1)
  .max(1_024)
  .refine((text) => !text.includes('{{'), { error: 'expected no template in a path' })
  .refine((text) => !CONTROL.test(text) && !text.split('/').includes('..'), {
    error: 'expected a path with / between its parts, without .., backslashes and control characters',
  });

const DIGITS = /^\d{1,9}(?:\.\d{1,3})?$/;
const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** A text or a number, as Kubernetes writes it. */
const quantity = (units: string, least: number, factor: (unit: string) => number, error: string) =>
  z
    .union([z.string().max(20), z.number()], { error })
    .transform((given, context): number => {
      const [, digits = '', unit = ''] = new RegExp(`^([\\d.]+)(${units})?$`).exec(String(given)) ?? [];
      const value = DIGITS.test(digits) ? Number(digits) * factor(unit) : NaN;
      const whole = Math.round(value);
      if (Number.isSafeInteger(whole) && whole >= least && Math.abs(value - whole) < 1e-6) return whole;
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    });

const resources = z
  .strictObject({
    cpu: quantity('m', 1, (unit) => (unit === 'm' ? 1 : 1_000), 'expected cores, such as "2" or "500m"').default(1_000),
    memory: quantity('[kMGT]|[KMGT]i', 1, (unit) => UNITS[unit]!, 'expected bytes, such as "4Gi" or "512Mi"').default(2 ** 30),
    gpu: quantity('', 0, () => 1, 'expected whole devices, such as "1"').default(0),
  })
  .prefault({});

const input = z
  .strictObject({ name: pipelineName, value: pipelineValue.optional(), from: z.string().max(200).optional(), path: path.optional() })
  .refine(({ value, from, path: at }) => [value, from, at].filter((one) => one !== undefined).length === 1, {
    error: 'expected one of value, from and path',
  });

const rule = z.strictObject({
  metric: pipelineName,
  threshold: z.number(),
  direction: z.enum(['higher-is-better', 'lower-is-better']).optional(),
});

/** What is run beside the stages. */
export const handlerSchema = z.strictObject({
  image,
  command,
  args: command,
  timeout: duration.default('1h'),
}) satisfies z.ZodType<PipelineHandler>;

const strategy = z
  .union([z.enum(['direct', 'blue-green']), rolloutStrategySchema], {
    error: 'expected direct, blue-green or a whole strategy such as { kind: canary, steps: [...] }',
  })
  .transform((given): RolloutStrategy => {
    if (given === 'direct') return { kind: 'direct' };
    return given === 'blue-green' ? { kind: 'blue-green', probes: 100, drain: '1h' } : given;
  });

/** A secret becomes a variable that no loader and none of ours listens to. */
const variable = z
  .string()
  .regex(/^(?!LOOPWRIGHT_|LD_|DYLD_|PATH$|NODE_OPTIONS$)[A-Z_][A-Z0-9_]{0,63}$/, {
    error: 'expected capitals, digits and underscores; not PATH, NODE_OPTIONS, LD_…, DYLD_… or LOOPWRIGHT_…',
  });

/** A stage, with its defaults. */
export const pipelineStageSchema = z.strictObject({
  name: pipelineName,
  image,
  command,
  args: command,
  resources,
  inputs: z.array(input).max(LIMITS.inputs).default([]),
  outputs: z.array(z.strictObject({ name: pipelineName, path })).max(LIMITS.outputs).default([]),
  dependsOn: z.array(z.string().max(200)).max(LIMITS.dependsOn).default([]),
  hyperparameters: named(
    z.union([pipelineValue, z.array(pipelineValue).max(LIMITS.values)], {
      error: 'expected a text, a number that is kept exactly, true, false or a list of them',
    }),
    LIMITS.hyperparameters,
  ).default({}),
  validationRules: z.array(rule).max(LIMITS.rules).default([]),
  condition: z.string().max(LIMITS.text).optional(),
  deployment: z.strictObject({ strategy, environment: registryName, model: registryName.optional() }).optional(),
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(LIMITS.attempts).default(3),
      interval: duration.default('10s'),
      backoff: z.number().min(1).max(10).default(2),
    })
    .prefault({}),
  timeout: duration.default('1h'),
  cache: z.strictObject({ maxAge: duration }).optional(),
  allowFailure: z.boolean().default(false),
  approval: z.strictObject({ message: z.string().min(1).max(500), timeout: duration.optional() }).optional(),
  forEach: z.strictObject({ items: z.array(pipelineValue).min(1).max(LIMITS.items) }).optional(),
  compensate: handlerSchema.optional(),
  secrets: z.array(z.strictObject({ name: variable, ref: registryName })).max(LIMITS.secrets).default([]),
}) satisfies z.ZodType<PipelineStage>;
