import { SAMPLE_RATIO_ALARM } from '../contracts';
import type { Comparison, DesignRecord, ExperimentAnalysis, ExperimentDesign, ExperimentEvent } from '../contracts';
import { change, DASH, day, missing, percent } from './format';
import { html } from './html';
import type { Html } from './html';

/** The decision, or where the experiment is, in words that need no statistics. */
export function headlineOf({ design, phase, start, end, coverage, result }: DesignRecord): string {
  const control = design.variants[0]?.name ?? 'the control';
  if (result === null) {
    if (phase === 'draft') return 'A draft: nobody has met a variant yet.';
    if (phase === 'scheduled') return `Not begun: exposure starts on ${start === null ? DASH : day(start)}.`;
    const until = end === null ? '' : `, until ${day(end)}`;
    return `Running with ${percent(coverage)} of the eligible units${until}. Nothing is decided yet.`;
  }
  const said: Readonly<Record<typeof result.decision, string>> = {
    ship: `Ship ${result.variant ?? 'the winner'}: it does better than ${control} on what the experiment was made for, and nothing that is guarded loses more than was accepted.`,
    rollback: `Keep ${control}: what was tried does worse on what the experiment was made for.`,
    stop: `Stopped before its end: ${control} stays.`,
    invalid: `Invalid: the units did not meet the variants in the shares that were planned, so the groups cannot be compared. Nothing may be concluded; ${control} stays.`,
    inconclusive: `No difference was shown: ${control} stays. That is no proof that there is none.`,
  };
  return said[result.decision] ?? result.decision;
}

/** What was done about a decision. */
export function actionOf({ design, result }: DesignRecord): string {
  if (result === null) return '';
  if (result.acted === 'promoted') return `${result.variant ?? 'The winner'} was promoted by itself.`;
  const waits = result.decision === 'ship' ? ' A person ships it.' : '';
  return `Nothing was changed in ${design.environment}.${waits}`;
}

/** What is said of a comparison in a word or two. */
export function verdictOf({ role, status, significant, better, breached }: Comparison): string {
  if (status !== 'ok') return 'not judged';
  if (role === 'guardrail') return breached ? 'breached' : significant ? 'within its margin' : 'not shown yet';
  if (!significant || better === null) return 'not shown';
  return better ? 'better' : 'worse';
}

/** A metric with what it is for and which way is better. */
export function metricOf({ metrics }: ExperimentDesign, name: string): Html {
  const found = metrics.find((metric) => metric.name === name);
  if (found === undefined) return html`${name}`;
  const margin = found.margin === undefined ? '' : `, margin ${percent(found.margin)}`;
  const low = found.direction === 'lower-is-better' ? ', lower is better' : '';
  return html`${name} <small>${found.role}${margin}${low}</small>`;
}

const WITHOUT: Readonly<Record<Exclude<Comparison['status'], 'ok'>, string>> = {
  'insufficient-data': 'too few units',
  'no-variation': 'no variation',
  undefined: 'cannot be computed',
};

/** Why there are no numbers. */
export function whyNone({ status }: Pick<Comparison, 'status'>): string {
  return status === 'ok' ? 'not given' : (WITHOUT[status] ?? status);
}

/** A lift with its interval, or why there is none. */
export function liftOf(comparison: Pick<Comparison, 'lift' | 'status'>): Html | string {
  const { lift } = comparison;
  if (lift === null) return missing(whyNone(comparison));
  return html`${together(change(lift.value))} <small>${together(rangeOf(lift.low, lift.high))}</small>`;
}

/** Text that stays on one line: a number is not torn from its sign. */
export function together(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

function rangeOf(low: number | null, high: number | null): string {
  if (low === null && high === null) return 'no interval';
  return `${low === null ? 'open' : change(low)} to ${high === null ? 'open' : change(high)}`;
}

const KINDS: Readonly<Record<ExperimentEvent['kind'], string>> = {
  created: 'declared',
  scheduled: 'scheduled',
  started: 'started',
  ramped: 'let more units in',
  extended: 'made longer',
  dropped: 'closed a variant',
  decided: 'decided',
  acted: 'acted',
  archived: 'archived',
};

/** What happened, in a word. */
export function eventOf({ kind }: ExperimentEvent): string {
  return KINDS[kind] ?? kind;
}

/** When an analysis was made, and of what kind. */
export function analysisOf({ kind, k, at }: Pick<ExperimentAnalysis, 'kind' | 'k' | 'at'>): string {
  return `${k === null ? kind : `${kind} ${k}`} of ${day(at)}`;
}

/** What the sample ratio says. */
export function ratioOf(p: number): string {
  return p < SAMPLE_RATIO_ALARM
    ? 'The split is broken: units met the variants in other shares than planned.'
    : 'Units met the variants in the shares that were planned.';
}

/** How α is spent, by the names it is known under. */
export const SPENDINGS = { 'obrien-fleming': 'by O’Brien and Fleming', pocock: 'by Pocock' } as const;
