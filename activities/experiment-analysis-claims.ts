import { MINIMUM_PER_ARM } from '../src/contracts';
import * as statistics from '../src/statistics';
import { zOf } from './experiment-analysis-compare';
import type { Claim, ClaimContext, Draft } from './experiment-analysis-compare';
import { guardrailClaim } from './experiment-analysis-guardrail';

/**
 * What may be claimed about each draft. Success metrics of all variants are one family, as large as the design made
 * it: a variant that was dropped, or a metric without numbers, leaves its share of α to nobody, or whoever drops the
 * loser would test the winner twice as often as α allows.
 * @see Ye, Li, Liu, Yao (2013), "A group sequential Holm procedure with multiple primary endpoints"
 */
export function claimsOf(drafts: readonly Draft[], context: ClaimContext): Map<Draft, Claim> {
  const live = drafts.filter(({ variant }) => !context.input.dropped.includes(variant));
  const claims = new Map<Draft, Claim>(drafts.map((draft) => [draft, unclaimed(context)]));
  const success = live.filter(({ metric }) => metric.role === 'success');
  for (const [draft, claim] of successClaims(success, drafts.filter(isSuccess).length, context))
    claims.set(draft, claim);
  const secondary = live.filter(({ metric, test }) => metric.role === 'secondary' && test.status === 'ok');
  const found = adjusted(secondary.map(fixedP), 'benjamini-hochberg', context.input.design.alpha);
  secondary.forEach((draft, index) => {
    const { adjustedPValue, rejected } = found[index]!;
    claims.set(draft, { ...unclaimed(context), adjustedPValue, significant: context.mayClaim && rejected });
  });
  for (const draft of drafts) {
    if (draft.metric.role === 'guardrail') claims.set(draft, guardrailClaim(draft, context));
  }
  return claims;
}

/** Nothing is claimed; a look's intervals are at 1 − α, all others hold at any look. */
export function unclaimed({ input: { kind, design } }: ClaimContext): Claim {
  const intervals = kind === 'look' && design.sequential.kind === 'spending' ? design.alpha : null;
  return { bound: null, significant: false, adjustedPValue: null, breached: false, intervals };
}

function isSuccess({ metric }: Draft): boolean {
  return metric.role === 'success';
}

/** Whether a draft has a test that a claim may rest on. */
function isTestable({ test, control, treatment }: Draft): boolean {
  return test.status === 'ok' && Math.min(control.n, treatment.n) >= MINIMUM_PER_ARM;
}

function successClaims(family: readonly Draft[], size: number, context: ClaimContext): Map<Draft, Claim> {
  const { design, kind } = context.input;
  const spends = design.sequential.kind === 'spending' && kind === 'look';
  const pOf = spends ? fixedP : anytimeP;
  // Those without an answer, or dropped, count as p = 1: they rank last.
  const ps = [...family.map(pOf), ...new Array<number>(size - family.length).fill(1)];
  const found = adjusted(ps, 'holm', design.alpha);
  const bounds = spends && context.mayClaim ? boundsOf(family.filter(isTestable), size, context) : null;
  return new Map(
    family.map((draft, index) => {
      const { adjustedPValue, rejected } = found[index]!;
      const tested = bounds?.get(draft);
      const claimed = bounds === null ? context.mayClaim && !spends && isTestable(draft) && rejected : tested?.crossed;
      return [
        draft,
        {
          ...unclaimed(context),
          adjustedPValue: draft.test.status === 'ok' ? adjustedPValue : null,
          bound: tested?.bound ?? null,
          significant: claimed ?? false,
          // The repeated interval of Jennison and Turnbull: at the level of the bound itself.
          intervals: spends ? (tested?.nominalP ?? null) : null,
        },
      ];
    }),
  );
}

interface TestedBound {
  readonly bound: number;
  readonly nominalP: number;
  readonly crossed: boolean;
}

/** Step by step from the largest |z|: the i-th against the bound that α/(m − i + 1) buys; the first that fails ends it. */
function boundsOf(family: readonly Draft[], size: number, { input, units }: ClaimContext): Map<Draft, TestedBound> {
  const { design, k, planned, previous } = input;
  const spending = design.sequential.kind === 'spending' ? design.sequential.spending : 'obrien-fleming';
  const looks = [...previous, { k: k!, units }].map((look) => ({
    fraction: Math.min(1, look.k / planned),
    information: look.units,
  }));
  const found = new Map<Draft, TestedBound>();
  let crossing = true;
  let last: statistics.SpendingBound | null = null;
  strongestFirst(family).forEach((draft, index) => {
    if (crossing) last = statistics.spendingBounds({ alpha: design.alpha / (size - index), looks, spending }).at(-1)!;
    if (last?.status !== 'ok') return;
    crossing = Math.abs(zOf(draft)!) >= last.bound;
    found.set(draft, { bound: last.bound, nominalP: last.nominalP, crossed: crossing });
  });
  return found;
}

/** By |z|; equals by their names, so that the order of a design does not matter. */
function strongestFirst(family: readonly Draft[]): Draft[] {
  const name = ({ variant, metric }: Draft) => JSON.stringify([variant, metric.name]);
  return [...family].sort((a, b) => Math.abs(zOf(b)!) - Math.abs(zOf(a)!) || (name(a) < name(b) ? -1 : 1));
}

/** p of a draft's own look; 1 without a test. */
export function fixedP({ test }: Draft): number {
  return test.status === 'ok' ? test.pValue : 1;
}

function anytimeP({ anytime }: Draft): number {
  return anytime.status === 'ok' ? anytime.pValue : 1;
}

/** p-values of one family after their adjustment. */
export function adjusted(pValues: readonly number[], method: statistics.Adjustment, alpha: number) {
  const found = statistics.adjustPValues(pValues, method, alpha);
  return pValues.map((_, index) => ({ adjustedPValue: found.adjusted[index]!, rejected: found.rejected[index]! }));
}
