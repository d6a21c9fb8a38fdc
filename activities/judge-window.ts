import type { DriftPolicy, Evaluation, FeatureDrift, Instant, MonitorSpec, WindowRequest } from '../src/contracts';
import { ms } from '../src/domain/time';
import type { Stores } from '../src/stores';
import type { Evidence, FrozenBaseline } from './evidence';
import { baselineOf } from './judge-baseline';
import { valuePerRow } from './judge-cost';
import { LEAST_ROWS } from './judge-drift';
import { estimateOf, RECONCILED, reconciled } from './judge-estimate';
import { gatherEvidence } from './judge-evidence';
import type { FrozenDocuments } from './judge-frozen';
import { referenceOf } from './judge-reference';
import type { ReferencePlan } from './judge-reference';
import { judgeSegments, rulesOf } from './judge-segments';

/** What judging works with. */
export interface JudgeDeps {
  readonly stores: Stores;
  readonly frozen: FrozenDocuments;
}

/**
 * Judges one window and records what was found; what was recorded before stands.
 * @param at the instant of the look
 * @returns null when the window was to be judged only if complete, and is not
 */
export async function judgeWindow(
  deps: JudgeDeps,
  spec: MonitorSpec,
  at: Instant,
  request: WindowRequest,
): Promise<Evaluation | null> {
  const { stores } = deps;
  const version = request.version ?? null;
  const standing = await stores.evaluations.find(spec, request, version);
  if (standing !== null) return standing;
  const { phase } = request;
  const needs = { drift: version === null && phase === 'traffic', slices: version === null && phase === 'judge' };
  const evidence = await gatherEvidence(stores, spec, { ...request, at }, needs);
  if (request.onlyIfComplete === true && (evidence.served === 0 || evidence.n < evidence.served)) return null;
  const { from, to, asOf } = request;
  const { served, n, performance, judgedBy, rowsPerDay } = evidence;
  const facts = { from, to, asOf, phase, served, n, performance, judgedBy, rowsPerDay, drift: [] };
  const evaluation = { ...facts, ...(await findings(deps, spec, at, request, evidence)) };
  return stores.evaluations.record(spec, evaluation, version);
}

/** What a window is judged for, by the phase of the look. */
async function findings(
  deps: JudgeDeps,
  spec: MonitorSpec,
  at: Instant,
  request: WindowRequest,
  evidence: Evidence,
): Promise<Partial<Evaluation>> {
  const { phase } = request;
  const metrics = phase === 'traffic' ? {} : evidence.metrics(rulesOf(spec).map(({ metric }) => metric));
  // Rows of one version are looked at for that version's metrics only.
  if (request.version !== undefined) return { metrics };
  const baseline = await servedBaseline(deps, spec, at);
  const found = { metrics, ...volumeOf(spec, request, baseline), valuePerRow: valueOf(spec, evidence, baseline) };
  if (phase === 'baseline') {
    // Frozen before anything is dropped: windows to come are compared with it.
    if (spec.drift.mode !== 'off') await referenceOf(deps.stores, deps.frozen, spec, { from: request.to, at });
    return found;
  }
  if (phase === 'traffic') {
    const drift = await driftOf(deps, spec, { ...request, at }, evidence);
    return { ...found, ...drift, ...(spec.estimate ? { estimate: estimateOf(evidence, baseline) } : {}) };
  }
  const estimate = (await deps.stores.evaluations.findEstimate(spec, request))?.estimate;
  const reconciliation = reconciled(estimate, evidence.metrics(RECONCILED[spec.task]));
  return {
    ...found,
    segments: judgeSegments(spec, evidence, baseline).metrics,
    ...(reconciliation === null ? {} : { reconciliation }),
  };
}

function servedBaseline(
  { stores, frozen }: JudgeDeps,
  spec: MonitorSpec,
  at: Instant,
): Promise<FrozenBaseline | string> {
  return baselineOf(frozen, spec, at, (asOf) =>
    gatherEvidence(stores, spec, { ...spec.baseline, asOf, at }, { drift: false, slices: true }),
  );
}

function volumeOf(
  { baseline: { from, to } }: MonitorSpec,
  window: WindowRequest,
  baseline: FrozenBaseline | string,
): Pick<Evaluation, 'expectedServed'> {
  if (typeof baseline === 'string') return { expectedServed: null };
  const share = (ms(window.to) - ms(window.from)) / (ms(to) - ms(from));
  return { expectedServed: baseline.served * share };
}

function valueOf({ cost }: MonitorSpec, { cells }: Evidence, baseline: FrozenBaseline | string) {
  if (cost === undefined || cells === null || typeof baseline === 'string' || baseline.cells === null) return null;
  const before = valuePerRow(cost, baseline.cells).value;
  return before === null ? null : { window: valuePerRow(cost, cells), baseline: before };
}

/** Drift of a window against its frozen reference, or why it was not judged. */
export async function driftOf(
  { stores, frozen }: JudgeDeps,
  plan: ReferencePlan,
  window: { readonly from: Instant; readonly at: Instant },
  evidence: Evidence,
): Promise<{ readonly drift: readonly FeatureDrift[]; readonly reference?: string; readonly driftReason?: string }> {
  const { drift: policy } = plan;
  const none = (driftReason: string) => ({ drift: [], driftReason });
  if (policy.mode === 'off') return none('drift is off');
  const least = leastRows(policy);
  if (evidence.served < least) return none(`${evidence.served} served rows: expected ${least}`);
  const reference = await referenceOf(stores, frozen, plan, window);
  if (typeof reference === 'string') return none(reference);
  const drift = evidence.drift(reference, policy);
  if (drift.some(({ status }) => status !== 'empty')) return { drift, reference: reference.name };
  return { drift, driftReason: `nothing has ${least} values here and in the reference ${reference.name}` };
}

/** The seed compares whatever there is. */
function leastRows({ mode }: DriftPolicy): number {
  return mode === 'seed' ? 1 : LEAST_ROWS;
}
