import type { Comparison, DesignLook, DesignRecord, Estimate, ExperimentAnalysis, Settled } from '../contracts';
import { printFacts, printTable, when } from './table';

/** An experiment's story, and when it acts next where its workflow is still known. */
export type ExperimentStanding = DesignRecord & Partial<Settled>;

/** An experiment in a list. */
export interface ListedExperiment {
  readonly id: string;
  /** By a design, or a champion and its challenger. */
  readonly kind: 'design' | 'challenge';
  readonly phase: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly coverage: number | null;
  /** Units of the newest look or check. */
  readonly units: number | null;
  readonly decision: string | null;
}

/** A designed experiment as a line of a list. */
export function listed(record: DesignRecord): ListedExperiment {
  const { design, phase, start, end, coverage, looks, result } = record;
  const units = looks.at(-1)?.units ?? null;
  const decision = result === null ? null : decisionOf(result);
  return { id: design.id, kind: 'design', phase, start, end, coverage, units, decision };
}

/** Every experiment as a line. */
export function experimentsTable(experiments: readonly ListedExperiment[]): string {
  return printTable(
    experiments.map(({ id, kind, phase, start, end, coverage, units, decision }) => ({
      id,
      kind,
      phase,
      start: when(start),
      end: when(end),
      coverage: coverage === null ? null : percent(coverage),
      units,
      decision,
    })),
  );
}

/** A story as a person reads it. */
export function describeExperiment(standing: ExperimentStanding): string {
  const { design, plan, phase, start, end, coverage, dropped, looks, result, nextDueAt } = standing;
  const last = looks.at(-1);
  const variants = design.variants.map(({ name, weight }) => {
    const closed = dropped.includes(name) ? ', takes no new units' : '';
    return `${name} ${percent(weight)}${closed}`;
  });
  const facts = printFacts([
    ['experiment', design.id],
    ['hypothesis', design.hypothesis],
    ['phase', result === null ? phase : `${phase}: ${decisionOf(result)}`],
    ['exposure', start === null ? `not begun, ${design.duration} planned` : `${when(start)} to ${when(end)}`],
    ['coverage', percent(coverage)],
    ['variants', variants.join('; ')],
    ['metrics', design.metrics.map(({ name, role }) => `${name} (${role})`).join('; ')],
    ['looks', looksOf(standing)],
    ['last', last === undefined ? 'none taken yet' : describeLook(last)],
    ['next', nextDueAt == null ? null : when(nextDueAt)],
    ['because', (result?.reasons ?? last?.recommendation.reasons ?? []).join('; ') || null],
    ['done about it', result === null ? null : result.acted],
  ]);
  return `${facts}${neededTable(plan)}`;
}

function looksOf({ design, looks }: DesignRecord): string {
  const taken = looks.filter(({ kind }) => kind === 'look').length;
  const { sequential } = design;
  if (sequential.kind === 'always-valid') return `${taken}, any may decide`;
  return `${taken} of ${sequential.looks}, α ${design.alpha} spent as ${sequential.spending}`;
}

function describeLook({ kind, k, at, units, status, recommendation }: DesignLook): string {
  const name = k === null ? kind : `${kind} ${k}`;
  const why = status === 'ok' ? '' : `, ${status}`;
  return `${name} at ${when(at)}, ${units} units${why}: ${decisionOf(recommendation)}`;
}

function decisionOf({ decision, variant }: { readonly decision: string; readonly variant: string | null }): string {
  return variant === null ? decision : `${decision} ${variant}`;
}

function neededTable(plan: DesignRecord['plan']): string {
  if (plan === null) return '';
  const rows = plan.metrics.map(({ metric, baseline, unitsPerArm, detectableEffect }) => ({
    'success metric': metric,
    baseline,
    'units needed per arm': unitsPerArm,
    'effect found by the end': detectableEffect === null ? null : percent(detectableEffect),
  }));
  const traffic = plan.unitsPerDay === null ? 'nothing tells the traffic' : `${number(plan.unitsPerDay)} units a day`;
  const days = plan.daysNeeded === null ? '' : `, ${number(plan.daysNeeded)} days needed`;
  const warnings = plan.warnings.map((warning) => `warning: ${line(warning)}\n`).join('');
  const notes = (plan.notes ?? []).map((note) => `note: ${line(note)}\n`).join('');
  return `\n${printTable(rows)}${traffic}${days}\n${warnings}${notes}`;
}

const KINDS: Readonly<Record<ExperimentAnalysis['kind'], string>> = {
  peek: 'A PEEK: it spends no α and decides nothing. Its intervals are the always-valid ones, wider than those of a look.',
  check: 'A check between looks: it spends no α; it may stop, it ships nothing.',
  look: 'A planned look: its α is spent.',
};

/** An analysis as a table of comparisons. */
export function describeAnalysis(analysis: ExperimentAnalysis): string {
  const { kind, at, exposedTo, status, units, sampleRatio, comparisons, notes } = analysis;
  const arms = units.map(({ variant, units: n }) => `${variant} ${n}`).join('; ');
  const facts = printFacts([
    ['at', when(at)],
    ['units exposed before', when(exposedTo)],
    ['units', arms || 'none'],
    ['sample ratio', `sequential p ${probability(sampleRatio.sequentialP)}`],
    ['status', status],
  ]);
  const remarks = notes.map((note) => `note: ${line(note)}\n`).join('');
  return `${KINDS[kind]}\n\n${facts}\n${printTable(comparisons.map(comparisonRow))}${remarks}`;
}

function comparisonRow(comparison: Comparison): Record<string, string | number | null> {
  const { metric, role, variant, status, units, means, lift, pValue, adjustedPValue, chanceToWin } = comparison;
  return {
    metric,
    role,
    variant,
    units: units.join(' / '),
    means: means.map(number).join(' / '),
    lift: lift === null ? (status === 'ok' ? null : status) : percent(lift.value),
    interval: lift === null ? null : interval(lift),
    p: probability(pValue),
    'adjusted p': probability(adjustedPValue),
    'chance to win': chanceToWin === null ? null : percent(chanceToWin),
    found: foundOf(comparison),
  };
}

function foundOf({ role, status, significant, better, breached }: Comparison): string {
  if (status !== 'ok') return 'not judged';
  if (role === 'guardrail') return breached ? 'breached' : significant ? 'within its margin' : 'not shown yet';
  if (!significant || better === null) return 'not shown';
  return better ? 'better' : 'worse';
}

function interval({ low, high }: Estimate): string | null {
  if (low === null && high === null) return null;
  const end = (value: number | null): string => (value === null ? 'open' : percent(value));
  return `${end(low)} to ${end(high)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}

function number(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

/** Never shown as 0. */
function probability(p: number | null): string | null {
  return p === null ? null : p < 0.0001 ? '< 0.0001' : number(p);
}

/** No control character from outside reaches the terminal. */
function line(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
