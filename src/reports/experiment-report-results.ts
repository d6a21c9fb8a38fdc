import type { Comparison, ExperimentAnalysis, ExperimentDesign } from '../contracts';
import { analysisOf, liftOf, metricOf, verdictOf, whyNone } from './experiment-report-words';
import { count, day, decimals, missing, percent, plural, probability, sentence } from './format';
import { html, tableOf } from './html';
import type { Cell, Html } from './html';

const number = (name: string) => ({ name, kind: 'number' as const });
const word = (name: string) => ({ name, kind: 'word' as const });

/** More rows than these do not help a reader. */
const MOST_ROWS = 60;

/** Every metric of every variant against the control. */
export function resultsOf(design: ExperimentDesign, { comparisons }: ExperimentAnalysis): Html {
  const control = design.variants[0]?.name ?? 'control';
  return html`${tableOf(
    [
      'metric',
      word('variant'),
      'found',
      ...['lift, interval', 'p, adjusted', 'chance to win'].map(number),
      ...['control: n, mean', 'variant: n, mean', 'CUPED gain', 'power so far'].map(number),
    ],
    comparisons.map((comparison) => rowOf(design, comparison)),
    'Results by metric and variant',
  )}
    <p class="soft">
      Lift: relative to ${control}. p: of the comparison alone, below it adjusted within its family, Holm for success metrics, Benjamini-Hochberg for
      secondary ones; guardrails have none. Chance to win: that the variant is better at all. CUPED gain: variance that
      what a unit did before its exposure explains. Power so far: the chance to find a lift of
      ${percent(design.minimumDetectableEffect)} with the units so far, where a baseline is known.
    </p>`;
}

function rowOf(design: ExperimentDesign, comparison: Comparison): Cell[] {
  const { variant, metric, units, means, chanceToWin, cuped, power } = comparison;
  const why = whyNone(comparison);
  return [
    metricOf(design, metric),
    variant,
    verdictOf(comparison),
    liftOf(comparison),
    pOf(comparison),
    chanceToWin === null ? missing(why) : percent(chanceToWin),
    ...units.map((n, side) => html`${count(n)} <small>${decimals(means[side]!, 4)}</small>`),
    cuped === null ? null : percent(cuped.varianceReduction),
    power === null ? null : percent(power),
  ];
}

/** The p of a comparison alone, and the one that counts the others too. */
function pOf(comparison: Comparison): Html {
  const { pValue, adjustedPValue } = comparison;
  if (pValue === null) return missing(whyNone(comparison));
  return html`${probability(pValue)} <small>${adjustedPValue === null ? 'alone' : probability(adjustedPValue)}</small>`;
}

/** Results by attribute, success metrics first, or a sentence that there are none. */
export function segmentsOf(design: ExperimentDesign, analysis: ExperimentAnalysis | null): Html {
  if (design.segments.length === 0) return html`<p>No segments were declared.</p>`;
  const all = (analysis?.segments ?? []).flatMap(({ attribute, value, comparisons }) =>
    comparisons.map((comparison) => ({ attribute, value, comparison })),
  );
  if (analysis === null || all.length === 0)
    return html`<p>No segment has been analysed yet: ${design.segments.join(', ')}.</p>`;
  const rank = { success: 0, guardrail: 1, secondary: 2 } as const;
  const sorted = [...all].sort((a, b) => rank[a.comparison.role] - rank[b.comparison.role]);
  const shown = sorted.slice(0, MOST_ROWS);
  const left = all.length > shown.length ? ` Shown are ${count(shown.length)} of them, success metrics first.` : '';
  return html`<p class="soft">
      ${plural(all.length, 'comparison')}, from the ${analysisOf(analysis)}. The more of them are made, the more look
      remarkable by chance alone: go by the adjusted p, and take what is found as a question for the next experiment, not
      as an answer. Segments decide nothing.${left}
    </p>
    ${tableOf(
      [
        'attribute',
        'value',
        'metric',
        word('variant'),
        ...['n, control', 'n, variant', 'lift, interval', 'p, adjusted'].map(number),
      ],
      shown.map(({ attribute, value, comparison }) => [
        attribute,
        value,
        metricOf(design, comparison.metric),
        comparison.variant,
        ...comparison.units.map(count),
        liftOf(comparison),
        pOf(comparison),
      ]),
      'Segments',
    )}`;
}

/** Whether an effect wears off, by week of first exposure. */
export function noveltyOf(design: ExperimentDesign, analysis: ExperimentAnalysis | null): Html {
  const wanted = new Set(design.metrics.filter(({ role }) => role === 'success').map(({ name }) => name));
  for (const name of analysis?.novelty ?? []) wanted.add(name);
  const rows = (analysis?.weeks ?? []).flatMap(({ week, comparisons }) =>
    comparisons.filter(({ metric }) => wanted.has(metric)).map((comparison) => ({ week, comparison })),
  );
  if (analysis === null || rows.length === 0) return html`<p>No week of exposure has been analysed yet.</p>`;
  const named = analysis.novelty.join(', ');
  return html`<p>
      ${
        analysis.novelty.length === 0
          ? 'No effect of the first week differs from that of later ones.'
          : `The effect of the first week differs from that of later ones on ${named}: what was new may wear off.`
      }
    </p>
    ${tableOf(
      [number('week'), 'metric', word('variant'), ...['n, control', 'n, variant', 'lift, interval'].map(number)],
      rows.map(({ week, comparison }) => [
        count(week + 1),
        metricOf(design, comparison.metric),
        comparison.variant,
        ...comparison.units.map(count),
        liftOf(comparison),
      ]),
      'Lift by week of first exposure',
    )}
    <p class="soft">From the ${analysisOf(analysis)}. Weeks count from the start, by a unit’s first exposure.</p>`;
}

/** Every look and check and what it led to, or a sentence that there was none. */
export function looksOf(looks: readonly Look[]): Html {
  if (looks.length === 0) return html`<p>No look has been taken yet.</p>`;
  return tableOf(
    [
      word('what'),
      word('at'),
      word('units before'),
      ...['units', 'sample ratio p'].map(number),
      word('recommended'),
      'because',
    ],
    looks.map(({ kind, k, at, exposedTo, status, units, sampleRatioP, recommendation }) => [
      k === null ? kind : `${kind} ${k}`,
      day(at),
      day(exposedTo),
      count(units),
      probability(sampleRatioP),
      recommendation.variant === null
        ? recommendation.decision
        : `${recommendation.decision} ${recommendation.variant}`,
      `${status === 'ok' ? '' : `${WITHOUT[status] ?? status}: `}${sentence(recommendation.reasons, 'no reason was recorded.')}`,
    ]),
    'Looks and checks',
  );
}

type Look = Pick<ExperimentAnalysis, 'kind' | 'k' | 'at' | 'exposedTo' | 'status'> & {
  readonly units: number;
  readonly sampleRatioP: number;
  readonly recommendation: {
    readonly decision: string;
    readonly variant: string | null;
    readonly reasons: readonly string[];
  };
};

const WITHOUT: Readonly<Record<Exclude<ExperimentAnalysis['status'], 'ok'>, string>> = {
  'no-data': 'no units yet',
  'no-new-information': 'no new units',
  'below-minimum': 'too few units',
};
