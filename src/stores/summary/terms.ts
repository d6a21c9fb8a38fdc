import type { SummarySettings } from '../../contracts';
import { NO_CLASS, NO_LABEL } from '../label-codes';
import { product2 } from './exact-sum';
import { listQuality } from './list-quality';
import { calibrationBin } from './number-bins';
import type { Terms } from './slice-sums';

/** What was served. */
export interface ServedRow {
  /** 0, 1, or 255 for none. */
  readonly prediction: number;
  /** The prediction as a number; NaN for none. */
  readonly predicted: number;
  /** NaN for none. */
  readonly score: number;
}

/** What came out, as it stands. */
export interface StandingOutcome {
  /** 0, 1, 254 for none, 255 where no outcome is known. */
  readonly label: number;
  readonly at: number;
  /** NaN for none. */
  readonly value: number;
  /** Gains as JSON. */
  readonly relevance: string | null;
}

/** scikit-learn's clip of probabilities, as `logLoss` has it. */
const CLIP = 2.220446049250313e-16;
const NANO = 1e9;

/** What a row costs in nats, as `logLoss` has it. */
export function lossOf(label: number, score: number): number {
  return -Math.log(Math.min(1 - CLIP, Math.max(CLIP, label === 1 ? score : 1 - score)));
}

/** What a labelled row adds to the sums of its task; null where its outcome is not one that the task needs. */
export function termsOf(settings: SummarySettings, row: ServedRow, outcome: StandingOutcome): Terms | null {
  if (outcome.label === NO_LABEL) return null;
  if (settings.task === 'binary') return outcome.label === NO_CLASS ? null : binaryTerms(row, outcome.label);
  if (settings.task === 'regression') return regressionTerms(row.predicted, outcome.value);
  return outcome.relevance === null ? null : rankingTerms(JSON.parse(outcome.relevance) as number[], settings);
}

const CELLS = [
  ['tn', 'fp'],
  ['fn', 'tp'],
] as const;

function binaryTerms({ prediction, score }: ServedRow, label: number): Terms {
  const cell = CELLS[label === 1 ? 1 : 0][prediction === 1 ? 1 : 0];
  const counts = prediction <= 1 ? ['labelled', cell] : ['labelled'];
  if (Number.isNaN(score)) return { counts, sums: [] };
  const part = calibrationBin(score);
  counts.push('scored', `rows${part}`);
  if (label === 1) counts.push(`ones${part}`);
  const loss = lossOf(label, score);
  return {
    counts,
    sums: [
      ...withSquare('loss', loss),
      // Sums of the first release count whole nano-nats.
      ['nanoNats', Math.round(loss * NANO)],
      ...withSquare('brier', (score - label) ** 2),
      [`scores${part}`, score],
    ],
  };
}

function regressionTerms(predicted: number, y: number): Terms | null {
  if (Number.isNaN(y)) return null;
  if (Number.isNaN(predicted)) return { counts: ['labelled'], sums: [] };
  const squared = (predicted - y) ** 2;
  const percentage = y === 0 ? null : Math.abs((predicted - y) / y);
  return withoutInfinite(
    ['labelled', 'pairs', ...(percentage === null ? [] : ['percentages'])],
    [
      ...withSquare('squared', squared),
      ...withSquare('absolute', Math.abs(predicted - y)),
      ...(percentage === null ? [] : withSquare('percentage', percentage)),
      ...withSquare('actual', y),
      ...influenceTerms(squared, y),
    ],
  );
}

/** What the interval of R² needs besides: products of up to four errors and actual values, none of them rounded. */
function influenceTerms(squared: number, y: number): Terms['sums'] {
  const [y2, y2Rest] = product2(y, y);
  return [
    ['actual^3', ...product2(y2, y), ...product2(y2Rest, y)],
    ['actual^4', ...product2(y2, y2), ...product2(2 * y2, y2Rest), ...product2(y2Rest, y2Rest)],
    ['squared·actual', ...product2(squared, y)],
    ['squared·actual^2', ...product2(squared, y2), ...product2(squared, y2Rest)],
  ];
}

/** Sums without numbers that left the range of a double: a count says of each sum how many it lacks. */
function withoutInfinite(counts: readonly string[], sums: Terms['sums']): Terms {
  const isFinite = ([, ...addends]: Terms['sums'][number]): boolean => addends.every(Number.isFinite);
  if (sums.every(isFinite)) return { counts, sums };
  const beyond = sums.filter((term) => !isFinite(term)).map(([name]) => beyondOf(name));
  return { counts: [...counts, ...beyond], sums: sums.filter(isFinite) };
}

/** The count of what a sum lacks. */
export function beyondOf(name: string): string {
  return `beyond ${name}`;
}

function rankingTerms(relevance: readonly number[], { rankingDepth }: SummarySettings): Terms | null {
  if (relevance.length === 0) return { counts: ['labelled'], sums: [] };
  const { ndcg, reciprocalRank, precision, hit, barren } = listQuality(relevance, rankingDepth);
  const sums: Terms['sums'] = [
    ...withSquare('ndcg', ndcg),
    ...withSquare('reciprocalRank', reciprocalRank),
    ...withSquare('precision', precision),
  ];
  return { counts: ['labelled', 'lists', ...(hit ? ['hits'] : []), ...(barren ? ['barren'] : [])], sums };
}

function withSquare(name: string, x: number): Terms['sums'] {
  return [
    [name, x],
    [`${name}^2`, ...product2(x, x)],
  ];
}
