import { z } from 'zod';
import { CONDITION_OPERATORS, DESIGN_LIMITS } from '../contracts';
import type { DesignMetric, ExperimentDesign, RampStep } from '../contracts';
import { count, duration, experimentName, instant, milliseconds, name, share, text } from './primitives';

const attribute = z.string().min(1).max(64);
const value = z.union([z.string().max(200), z.number(), z.boolean(), z.null()]);
const unitName = z.string().min(1).max(200);

const condition = z
  .strictObject({
    attribute,
    operator: z.enum(CONDITION_OPERATORS),
    value: z.union([value, z.array(value).min(1).max(1_000)]),
  })
  .refine(({ operator, value: given }) => ['in', 'notIn'].includes(operator) === Array.isArray(given), {
    error: 'expected a list for in and notIn, one value otherwise',
    path: ['value'],
  })
  .refine(({ operator, value: given }) => operator !== 'exists' || typeof given === 'boolean', {
    error: 'expected true or false for exists',
    path: ['value'],
  });

const variant = z.strictObject({
  name,
  weight: z.number().gt(0).lt(1),
  version: count.optional(),
  force: z.array(unitName).max(1_000).optional(),
});

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), event: name }),
  z.strictObject({ kind: z.literal('outcome'), metric: z.enum(['accuracy', 'logLoss', 'label']) }),
]);

const metric = z
  .strictObject({
    name,
    role: z.enum(['success', 'guardrail', 'secondary']),
    type: z.enum(['proportion', 'mean', 'ratio']),
    source,
    denominator: source.optional(),
    direction: z.enum(['higher-is-better', 'lower-is-better']).default('higher-is-better'),
    conversionWindow: duration.default('72h'),
    cap: z.number().positive().nullable().default(null),
    lookBack: duration.nullable().default(null),
    margin: share.optional(),
    baseline: z
      .strictObject({ mean: z.number(), standardDeviation: z.number().positive().optional() })
      .optional(),
  })
  .superRefine(checkMetric) satisfies z.ZodType<DesignMetric>;

function checkMetric(given: DesignMetric, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if ((given.type === 'ratio') !== (given.denominator !== undefined))
    refuse('denominator', 'expected a denominator for a ratio, and for a ratio only');
  if ((given.role === 'guardrail') !== (given.margin !== undefined))
    refuse('margin', 'expected the accepted relative loss, such as 0.02, for a guardrail, and for a guardrail only');
  if (given.denominator !== undefined && given.denominator.kind !== given.source.kind)
    refuse('denominator', 'expected both sources of a ratio to be of one kind');
  if (given.type === 'ratio' && given.lookBack !== null) refuse('lookBack', 'expected null: ratios are not adjusted');
  if (given.type === 'proportion' && given.cap !== null) refuse('cap', 'expected null: a share has nothing to cap');
  if (given.source.kind === 'outcome' && given.lookBack !== null)
    refuse('lookBack', 'expected null: outcomes are not adjusted');
  if (given.type === 'proportion' && given.baseline !== undefined && !(given.baseline.mean > 0 && given.baseline.mean < 1))
    refuse('baseline', 'expected a share between 0 and 1');
}

const rampStep = z.strictObject({ coverage: z.number().gt(0).lte(1), hold: duration }) satisfies z.ZodType<RampStep>;

/** An experiment as it is declared, with its defaults. */
export const experimentDesignSchema = z
  .strictObject({
    id: experimentName,
    hypothesis: text,
    owner: name,
    model: name.optional(),
    environment: name.default('production'),
    clock: z.enum(['wall', 'data']).default('wall'),
    seed: z.string().min(1).max(128).optional(),
    unit: attribute.default('userId'),
    attributes: z.array(attribute).max(50).default([]),
    variants: z.array(variant).min(2).max(DESIGN_LIMITS.variants),
    allocation: z.number().gt(0).lte(1).default(1),
    ramp: z.array(rampStep).max(DESIGN_LIMITS.rampSteps).default([]),
    eligibility: z.array(condition).max(DESIGN_LIMITS.conditions).default([]),
    namespace: z
      .strictObject({ name, range: z.tuple([z.number().gte(0).lt(1), z.number().gt(0).lte(1)]) })
      .refine(({ range: [from, to] }) => from < to, { error: 'expected from below to', path: ['range'] })
      .optional(),
    holdout: z.strictObject({ name, share }).optional(),
    start: z.union([z.literal('draft'), instant]).default('draft'),
    end: instant.optional(),
    duration: duration.optional(),
    metrics: z.array(metric).min(1).max(DESIGN_LIMITS.metrics),
    segments: z.array(attribute).max(DESIGN_LIMITS.segments).default([]),
    alpha: share.default(0.05),
    power: share.default(0.8),
    minimumDetectableEffect: z.number().positive().default(0.05),
    sequential: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('spending'),
          looks: count.max(DESIGN_LIMITS.looks),
          spending: z.enum(['obrien-fleming', 'pocock']).default('obrien-fleming'),
        }),
        z.strictObject({ kind: z.literal('always-valid') }),
      ])
      .optional(),
    checkEvery: duration.default('1d'),
    criteria: z
      .strictObject({
        earlyStop: z.boolean().default(true),
        minimumDuration: duration.default('1w'),
        onShip: z.enum(['promote', 'nothing']).default('nothing'),
      })
      .default({ earlyStop: true, minimumDuration: '1w', onShip: 'nothing' }),
    sticky: z.boolean().default(true),
  })
  .superRefine(checkDesign)
  .transform(({ end, duration: given, seed, sequential, ...design }): ExperimentDesign => {
    const length = given ?? `${Date.parse(end!) - Date.parse(design.start)}ms`;
    const looks = Math.min(DESIGN_LIMITS.looks, Math.max(1, Math.floor(milliseconds(length) / milliseconds('1w'))));
    const weekly = { kind: 'spending', looks, spending: 'obrien-fleming' } as const;
    return { ...design, seed: seed ?? design.id, duration: length, sequential: sequential ?? weekly };
  });

interface Given extends Omit<ExperimentDesign, 'duration' | 'seed' | 'sequential'> {
  readonly end?: string | undefined;
  readonly duration?: string | undefined;
}

function checkDesign(given: Given, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const sum = given.variants.reduce((total, { weight }) => total + weight, 0);
  if (Math.abs(sum - 1) > 1e-9) refuse(['variants'], `expected weights that sum to 1, they sum to ${sum}`);
  unique(given.variants.map(({ name }) => name), (index) => refuse(['variants', index, 'name'], 'expected names that differ'));
  unique(given.metrics.map(({ name }) => name), (index) => refuse(['metrics', index, 'name'], 'expected names that differ'));
  unique(given.variants.flatMap(({ force = [] }) => force), () => refuse(['variants'], 'expected a unit to be forced into one variant'));
  if (!given.metrics.some(({ role }) => role === 'success')) refuse(['metrics'], 'expected a success metric');
  const known = [...given.attributes, given.unit];
  given.eligibility.forEach(({ attribute: used }, index) => {
    if (!known.includes(used))
      refuse(['eligibility', index, 'attribute'], `expected one of the declared attributes: ${known.join(', ')}`);
  });
  given.segments.forEach((used, index) => {
    if (!given.attributes.includes(used))
      refuse(['segments', index], `expected one of the declared attributes: ${given.attributes.join(', ') || 'there are none'}`);
  });
  checkTimes(given, refuse);
  checkVersions(given, refuse);
  checkSize(given, refuse);
}

function checkTimes(given: Given, refuse: (path: string[], message: string) => void): void {
  if ((given.end === undefined) === (given.duration === undefined))
    refuse(['duration'], 'expected either duration or end');
  if (given.end !== undefined && given.start === 'draft') refuse(['end'], 'expected a start, or a duration in its place');
  if (given.end !== undefined && given.start !== 'draft' && given.end <= given.start)
    refuse(['end'], `expected an instant after the start ${given.start}`);
  let before = 0;
  given.ramp.forEach(({ coverage }, index) => {
    if (coverage <= before || coverage > given.allocation)
      refuse(['ramp', `${index}`, 'coverage'], 'expected steps that grow, none above the allocation');
    before = coverage;
  });
}

const SEGMENT_VALUES = 21;

/** What is decided on travels in a history, what is found is one document. */
function checkSize(given: Given, refuse: (path: string[], message: string) => void): void {
  const { variants, metrics, segments, checkEvery } = given;
  const arms = variants.length - 1;
  const deciding = arms * metrics.filter(({ role }) => role !== 'secondary').length;
  if (deciding > DESIGN_LIMITS.deciding)
    refuse(['metrics'], `expected at most ${DESIGN_LIMITS.deciding} comparisons that decide (success and guardrail metrics of ${arms} variants beside the control), these are ${deciding}: make some secondary`);
  const length = given.duration === undefined ? Date.parse(given.end ?? '') - Date.parse(given.start) : milliseconds(given.duration);
  const weeks = Math.ceil(length / milliseconds('1w'));
  const comparisons = arms * metrics.length * (1 + segments.length * SEGMENT_VALUES + weeks);
  if (comparisons > DESIGN_LIMITS.comparisons)
    refuse(['metrics'], `expected at most ${DESIGN_LIMITS.comparisons} comparisons in one analysis (variants beside the control × metrics × (1 + ${SEGMENT_VALUES} a segment + weeks)), these are ${comparisons}`);
  const checks = Math.ceil(length / milliseconds(checkEvery));
  if (checks > DESIGN_LIMITS.checks)
    refuse(['checkEvery'], `expected at most ${DESIGN_LIMITS.checks} checks over the exposure, these are ${checks}`);
  const bytes = new TextEncoder().encode(JSON.stringify(given)).length;
  if (bytes > DESIGN_LIMITS.bytes)
    refuse([], `expected at most ${DESIGN_LIMITS.bytes} bytes as JSON, these are ${bytes}`);
}

function checkVersions(given: Given, refuse: (path: string[], message: string) => void): void {
  const versions = given.variants.map(({ version }) => version);
  const some = versions.some((version) => version !== undefined);
  if (some && given.model === undefined) refuse(['model'], 'expected the model whose versions the variants name');
  if (some && versions.includes(undefined)) refuse(['variants'], 'expected a version for every variant, or for none');
  const outcomes = given.metrics.some(({ source: { kind } }) => kind === 'outcome');
  if (outcomes && !some) refuse(['variants'], 'expected versions: a metric is about outcomes of predictions');
  if (given.criteria.onShip === 'promote' && !some)
    refuse(['criteria', 'onShip'], 'expected versions to promote one of, or "nothing"');
}

function unique(names: readonly string[], refuse: (index: number) => void): void {
  names.forEach((given, index) => {
    if (names.indexOf(given) < index) refuse(index);
  });
}

/** A design as it may be written: defaults may be left out, `end` may stand for `duration`. */
export type ExperimentDesignInput = z.input<typeof experimentDesignSchema>;
