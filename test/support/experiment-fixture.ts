import type {
  Comparison,
  DesignLook,
  DesignRecord,
  ExperimentAnalysis,
  ExperimentDesign,
  ExperimentEvent,
} from '../../src/contracts';
import { experimentDesignSchema, parseWith } from '../../src/schemas';

const START = Date.parse('2026-10-05T00:00:00.000Z');
const DAY = 86_400_000;

/** The instant so many days after the start. */
export const onDay = (days: number): string => new Date(START + days * DAY).toISOString();

/** A design with a metric of every role, two treatments and a segment, as it may be written. */
export function designInput(id = 'checkout') {
  const source = (event: string) => ({ kind: 'event' as const, event });
  return {
    id,
    hypothesis: 'A checkout on one page lets more users finish their order.',
    owner: 'ann',
    attributes: ['country'],
    variants: [
      { name: 'control', weight: 0.5 },
      { name: 'one-page', weight: 0.25 },
      { name: 'wizard', weight: 0.25 },
    ],
    ramp: [{ coverage: 0.1, hold: '1d' }],
    duration: '4w',
    metrics: [
      { name: 'orders', role: 'success' as const, type: 'proportion' as const, source: source('order') },
      { name: 'revenue', role: 'secondary' as const, type: 'mean' as const, source: source('value') },
      {
        name: 'page-load',
        role: 'guardrail' as const,
        type: 'mean' as const,
        source: source('seconds'),
        direction: 'lower-is-better' as const,
        margin: 0.05,
      },
    ],
    segments: ['country'],
  };
}

/** One comparison: lift and difference around a value, with intervals of so many standard errors. */
export function comparison(given: Partial<Comparison> & Pick<Comparison, 'metric' | 'variant' | 'role'>): Comparison {
  const { value, low, high } = given.lift ?? { value: 0.031, low: 0.006, high: 0.057 };
  const mean = 0.12;
  return {
    status: 'ok',
    units: [50_210, 25_044],
    means: [mean, mean * (1 + value)],
    difference: { value: mean * value, low: mean * low!, high: mean * high! },
    lift: { value, low, high },
    pValue: 0.0153,
    adjustedPValue: 0.0306,
    z: 2.424,
    bound: 2.024,
    significant: true,
    better: true,
    anytime: { value: mean * value, low: mean * (value - 0.05), high: mean * (value + 0.05) },
    breached: false,
    chanceToWin: 0.992,
    cuped: null,
    power: 0.83,
    ...given,
  };
}

const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half });

function comparisonsAfter(days: number, text: string, kind: ExperimentAnalysis['kind']): Comparison[] {
  const half = 0.14 / Math.sqrt(days);
  const drift = 0.031 + 0.05 * Math.sin(days) * Math.exp(-days / 6);
  const look = kind === 'look';
  const bound = look ? 2.024 * Math.sqrt(28 / Math.max(7, days - 3)) : null;
  const near = (value: number) => {
    const anytime = { value: 0.12 * value, low: 0.12 * (value - half * 1.6), high: 0.12 * (value + half * 1.6) };
    return { lift: estimate(value, half), z: (value / half) * 1.96, bound, anytime };
  };
  const [treatment, other] = [text === '' ? 'one-page' : text, 'wizard'];
  const metric = (name: string) => (text === '' ? name : `${name} ${text}`);
  const units = [1_700 * days, 850 * days] as const;
  return [
    comparison({
      ...near(drift),
      metric: metric('orders'),
      variant: treatment,
      role: 'success',
      units,
      significant: days > 24,
    }),
    comparison({
      ...near(-0.012),
      ...{ metric: metric('orders'), variant: other, role: 'success', units, significant: false, better: false },
      ...{ pValue: 0.41, adjustedPValue: 0.41, chanceToWin: 0.2, power: null },
    }),
    comparison({
      ...near(0.022),
      ...{ metric: metric('revenue'), variant: treatment, role: 'secondary', units, bound: null },
      cuped: { theta: 0.61, varianceReduction: 0.372 },
    }),
    comparison({
      ...{ metric: metric('revenue'), variant: other, role: 'secondary', status: 'insufficient-data', units: [12, 3] },
      ...{ difference: null, lift: null, pValue: null, adjustedPValue: null, z: null, bound: null, anytime: null },
      ...{ significant: false, better: null, chanceToWin: null, power: null },
    }),
    comparison({
      ...near(0.008),
      ...{ metric: metric('page-load'), variant: treatment, role: 'guardrail', units, bound: null },
      adjustedPValue: null,
    }),
    comparison({
      ...near(0.071),
      ...{ metric: metric('page-load'), variant: other, role: 'guardrail', units, bound: null, significant: false },
      ...{ adjustedPValue: null, breached: days > 12, better: false },
    }),
  ];
}

/** An analysis so many days after the start; `text` stands wherever text comes from outside. */
export function analysisAfter(days: number, kind: ExperimentAnalysis['kind'], text = ''): ExperimentAnalysis {
  const comparisons = comparisonsAfter(days, text, kind);
  const detailed = kind !== 'check';
  const segment = (value: string) => ({
    attribute: text === '' ? 'country' : text,
    value,
    comparisons: comparisons.slice(0, 2),
  });
  const week = (k: number) => ({
    week: k,
    comparisons: comparisons.slice(0, 1).map((one) => ({ ...one, lift: estimate(0.06 - k * 0.012, 0.03) })),
  });
  return {
    ...{
      at: onDay(days),
      exposedTo: onDay(Math.max(1, days - 3)),
      kind,
      k: kind === 'look' ? Math.round((days - 3) / 7) : null,
    },
    status: 'ok',
    units: [
      { variant: 'control', units: 1_700 * days },
      { variant: text === '' ? 'one-page' : text, units: 850 * days },
      { variant: 'wizard', units: 840 * days },
    ],
    sampleRatio: { sequentialP: Math.max(0.21, 1 - days / 20), chiSquareP: 0.41 },
    crossed: 3,
    comparisons,
    segments: detailed ? [segment('DE'), segment(text === '' ? 'AT' : text)] : [],
    weeks: detailed ? [0, 1, 2, 3].filter((k) => k * 7 < days - 3).map(week) : [],
    novelty: detailed && days > 24 ? [comparisons[0]!.metric] : [],
    notes: text === '' ? ['wizard was closed on day 12'] : [text],
  };
}

function lookOf(analysis: ExperimentAnalysis, text: string): DesignLook {
  const { at, exposedTo, status, units, sampleRatio } = analysis;
  const last = analysis.k === 4;
  return {
    ...{ kind: analysis.kind as 'look' | 'check', k: analysis.k, at, exposedTo, status },
    units: units.reduce((sum, one) => sum + one.units, 0),
    byVariant: units.map((one) => one.units),
    sampleRatioP: sampleRatio.sequentialP,
    recommendation: {
      decision: last ? 'ship' : 'continue',
      variant: last ? (text === '' ? 'one-page' : text) : null,
      drop: [],
      reasons: text === '' ? [last ? 'orders: z 2.42 reached its bound 2.02' : 'no bound was reached'] : [text],
    },
  };
}

/** A decided experiment with everything in it; `text` stands wherever text comes from outside. */
export function experimentStory(text = ''): { record: DesignRecord; analyses: ExperimentAnalysis[] } {
  const parsed = parseWith(experimentDesignSchema, designInput(), 'design');
  const analyses = [
    ...[2, 4, 6, 8].map((days) => analysisAfter(days, 'check', text)),
    analysisAfter(10, 'look', text),
    analysisAfter(11, 'peek', text),
    ...[12, 14, 16].map((days) => analysisAfter(days, 'check', text)),
    analysisAfter(17, 'look', text),
    ...[18, 20, 22].map((days) => analysisAfter(days, 'check', text)),
    analysisAfter(24, 'look', text),
    ...[26, 28].map((days) => analysisAfter(days, 'check', text)),
    analysisAfter(31, 'look', text),
  ];
  const looks = analyses.filter(({ kind }) => kind !== 'peek').map((analysis) => lookOf(analysis, text));
  const event = (days: number, kind: ExperimentEvent['kind'], reason: string): ExperimentEvent => ({
    ...{ at: onDay(days), kind, who: text === '' ? 'ann' : text, reason: text === '' ? reason : text },
  });
  return { record: recordOf(text === '' ? parsed : hostile(parsed, text), looks, event, text), analyses };
}

function recordOf(
  design: ExperimentDesign,
  looks: readonly DesignLook[],
  event: (days: number, kind: ExperimentEvent['kind'], reason: string) => ExperimentEvent,
  text: string,
): DesignRecord {
  const winner = text === '' ? 'one-page' : text;
  return {
    design,
    plan: {
      looks: 4,
      metrics: [
        { metric: design.metrics[0]!.name, baseline: 0.12, unitsPerArm: 20_400, detectableEffect: 0.043 },
        { metric: 'refunds', baseline: null, unitsPerArm: null, detectableEffect: null },
      ],
      ...{
        unitsPerDay: 3_400,
        daysNeeded: 24,
        warnings: text === '' ? ['refunds: no baseline is known'] : [text],
        notes: text === '' ? ['sized at α .025: 2 comparisons'] : [text],
      },
    },
    ...{ phase: 'archived', running: false, coverage: 1, dropped: ['wizard'] },
    ...{ start: onDay(0), end: onDay(28) },
    events: [
      event(-2, 'created', design.hypothesis),
      event(0, 'started', 'the start has come'),
      event(1, 'ramped', '1: step 1 of the ramp'),
      event(12, 'dropped', 'wizard: page-load breaches its margin'),
      event(31, 'decided', 'ship: orders reached its bound'),
      event(31, 'acted', 'nothing: one-page won, a person ships it'),
      event(31, 'archived', 'ship'),
    ],
    looks,
    result: {
      ...{ id: design.id, decision: 'ship', variant: winner, decidedAt: onDay(31), from: onDay(0), to: onDay(28) },
      ...{ acted: 'nothing', reasons: [text === '' ? 'orders is better: z 2.42 reached its bound 2.02' : text] },
    },
  };
}

/** Names that no schema would let through: what is shown must not rest on it. */
function hostile(design: ExperimentDesign, text: string): ExperimentDesign {
  const [control, treatment, wizard] = design.variants;
  return {
    ...design,
    ...{ id: text, hypothesis: text, owner: text, environment: text, unit: text, segments: [text] },
    variants: [control!, { ...treatment!, name: text }, wizard!],
    metrics: design.metrics.map((metric) => ({ ...metric, name: `${metric.name} ${text}` })),
  };
}

/** A draft of which nothing is known yet. */
export function emptyStory(): { record: DesignRecord; analyses: ExperimentAnalysis[] } {
  const design = parseWith(experimentDesignSchema, { ...designInput('draft'), segments: [] }, 'design');
  return {
    record: {
      ...{ design, plan: null, phase: 'draft', running: false, coverage: 0, dropped: [], start: null, end: null },
      ...{ events: [], looks: [], result: null },
    },
    analyses: [],
  };
}
