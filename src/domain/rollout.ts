import { METRIC_DIRECTIONS, ROLLOUT_LIMITS } from '../contracts';
import type {
  DeployCommand,
  Guardrail,
  Instant,
  Rollout,
  RolloutEnd,
  RolloutEvidence,
  RolloutSide,
  Serving,
  StagedStrategy,
} from '../contracts';
import { after, iso, ms } from './time';

/** A guardrail is crossed when a difference this bad is that unlikely by chance. */
const LEVEL = 0.05;

/** A rollout as it begins: the version is verified first. */
export function beginRollout(command: DeployCommand, strategy: StagedStrategy, serving: Serving | null): Rollout {
  const { key, version, effectiveAt, who, reason, reportTo, clock = 'wall' } = command;
  return {
    id: key,
    version,
    from: serving?.champion ?? null,
    strategy,
    clock,
    phase: 'verifying',
    step: 0,
    held: 0,
    since: iso(ms(effectiveAt)),
    dueAt: null,
    who,
    reason,
    ...(reportTo === undefined ? {} : { reportTo }),
    findings: [],
  };
}

/** What a rollout does next once its present phase is passed. */
export type RolloutMove =
  | { readonly kind: 'split'; readonly step: number; readonly allocation: number }
  | { readonly kind: 'shadow' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'end' };

/** The move after the present phase. */
export function nextMove({ strategy, phase, step }: Rollout): RolloutMove {
  if (phase === 'draining') return { kind: 'end' };
  if (phase === 'verifying' && strategy.kind === 'shadow') return { kind: 'shadow' };
  if (strategy.kind !== 'canary') return { kind: 'promote' };
  const next = phase === 'verifying' ? 0 : step + 1;
  const split = strategy.steps[next];
  return split === undefined ? { kind: 'promote' } : { kind: 'split', step: next, allocation: split.allocation };
}

/** The rollout after a move that took effect at `at`, or null when that was its end. */
export function afterMove(rollout: Rollout, move: RolloutMove, at: Instant): Rollout | null {
  const { strategy } = rollout;
  const entered = { ...rollout, held: 0, since: at };
  if (move.kind === 'split' && strategy.kind === 'canary') {
    const { hold } = strategy.steps[move.step]!;
    return { ...entered, phase: 'stepping', step: move.step, dueAt: after(at, hold) };
  }
  if (move.kind === 'shadow' && strategy.kind === 'shadow')
    return { ...entered, phase: 'shadowing', dueAt: after(at, strategy.hold) };
  if (move.kind === 'promote' && strategy.kind === 'blue-green')
    return { ...entered, phase: 'draining', dueAt: after(at, strategy.drain) };
  return null;
}

/** The rollout held for as long again, from `at`. */
export function holdAgain(rollout: Rollout, at: Instant): Rollout {
  const { strategy, step } = rollout;
  const hold = strategy.kind === 'canary' ? strategy.steps[step]!.hold : (strategy as { hold: string }).hold;
  return { ...rollout, held: rollout.held + 1, dueAt: after(at, hold) };
}

/** The rollout with something found; the last twenty are kept. */
export function found(rollout: Rollout, findings: readonly string[]): Rollout {
  return { ...rollout, findings: [...rollout.findings, ...findings].slice(-ROLLOUT_LIMITS.findings) };
}

/** How a rollout ended. */
export function endOf(
  { id, version, findings }: Rollout,
  outcome: RolloutEnd['outcome'],
  at: Instant,
  reason?: string,
): RolloutEnd {
  return { id, version, outcome, at, reasons: reason === undefined ? findings : [reason] };
}

/** What a step's evidence says. */
export interface StepVerdict {
  readonly verdict: 'go-on' | 'hold' | 'abort';
  /** In words with the numbers; of an abort, only what speaks against the version. */
  readonly findings: readonly string[];
}

/**
 * Judges a step of a canary, or a shadow. A guardrail is crossed when the version is worse than the champion by more
 * than the tolerance and such a difference has a chance of 5 % or less; one that cannot be tested is not crossed.
 */
export function judgeStep(
  rules: { readonly guardrails: readonly Guardrail[]; readonly minimumRows: number },
  held: number,
  evidence: RolloutEvidence,
): StepVerdict {
  const few = tooFew(rules, evidence);
  if (few !== null) {
    const again = held < ROLLOUT_LIMITS.holds;
    return { verdict: again ? 'hold' : 'abort', findings: [`too few rows: ${few}${again ? '; held again' : ''}`] };
  }
  const judged = rules.guardrails.map((guardrail) => judge(guardrail, evidence));
  const crossed = judged.filter((each) => each.crossed);
  if (crossed.length > 0) return { verdict: 'abort', findings: crossed.map(({ words }) => words) };
  const { champion, challenger } = evidence;
  const rows = `${challenger.rows} rows of version ${challenger.version}, ${champion.rows} of version ${champion.version}`;
  return { verdict: 'go-on', findings: judged.length === 0 ? [rows] : judged.map(({ words }) => words) };
}

/** A guardrail on a metric of outcomes needs as many of them: rows without one say nothing of it. */
function tooFew(
  { guardrails, minimumRows }: { readonly guardrails: readonly Guardrail[]; readonly minimumRows: number },
  { champion, challenger }: RolloutEvidence,
): string | null {
  const labelled = guardrails.some(({ metric }) => metric !== 'positiveRate');
  for (const side of [challenger, champion]) {
    const n = labelled ? Math.min(side.rows, side.performance.n) : side.rows;
    if (n < minimumRows)
      return `${n} ${labelled ? 'with an outcome ' : ''}of version ${side.version}, ${minimumRows} needed`;
  }
  return null;
}

function judge(
  { metric, tolerance }: Guardrail,
  { champion, challenger, pValues }: RolloutEvidence,
): { readonly crossed: boolean; readonly words: string } {
  const [was, is] = [valueOf(champion, metric), valueOf(challenger, metric)];
  if (was === null || is === null) return { crossed: false, words: `${metric} has no value on both sides` };
  const difference = is - was;
  const worse =
    metric === 'positiveRate'
      ? Math.abs(difference)
      : METRIC_DIRECTIONS[metric] === 'higher'
        ? -difference
        : difference;
  const pValue = pValues[metric] ?? null;
  const p = pValue === null ? 'untestable' : `p ${pValue < 0.0001 ? '< 0.0001' : rounded(pValue)}`;
  const words = `${metric} ${rounded(is)} on ${countOf(challenger, metric)} rows, champion ${rounded(was)} on ${countOf(champion, metric)}; ${tolerance} tolerated, ${p}`;
  return { crossed: worse > tolerance && pValue !== null && pValue <= LEVEL, words };
}

function countOf(side: RolloutSide, metric: Guardrail['metric']): number {
  return metric === 'positiveRate' ? side.rows : side.performance.n;
}

function valueOf(side: RolloutSide, metric: Guardrail['metric']): number | null {
  if (metric !== 'positiveRate') return side.performance[metric];
  return side.rows === 0 ? null : side.positives / side.rows;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
