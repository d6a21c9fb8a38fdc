import type { Instant, ModelTarget, MonitorSpec, WindowRequest } from '../src/contracts';
import { before } from '../src/domain/time';
import type { Stores } from '../src/stores';
import type { Evidence } from './evidence';
import { RowEvidence } from './evidence-rows';
import type { EvidencePlan } from './evidence-rows';
import { SummaryEvidence, summaryQuery, summarySettings } from './evidence-summaries';

/** What of a spec says how a window is read. */
export type GatherPlan = EvidencePlan & ModelTarget & Pick<MonitorSpec, 'drift' | 'exactRows' | 'retention'>;

/** Which rows are judged, and when. */
export type EvidenceWindow = Pick<WindowRequest, 'from' | 'to' | 'asOf' | 'version'> & {
  /** The instant of the look. */
  readonly at: Instant;
};

/** What is to be judged beside metrics. */
export interface Needs {
  readonly drift: boolean;
  readonly slices: boolean;
}

/** Folds what came since the last look, so that every reader sees it. Nothing is dropped that was not summed up. */
export async function foldTraffic(stores: Stores, plan: GatherPlan): Promise<void> {
  if (plan.retention === undefined) await stores.labels.fold(plan);
  else await stores.summaries.fold(plan, summarySettings(plan));
}

/** What was served in a window: from its rows up to `exactRows` of them, from summaries beyond or where rows may be gone. */
export async function gatherEvidence(
  stores: Stores,
  plan: GatherPlan,
  window: EvidenceWindow,
  needs: Needs,
): Promise<Evidence> {
  if (await needsSummaries(stores, plan, window)) return fromSummaries(stores, plan, window, needs);
  const { from, to, asOf, version } = window;
  const { model, environment } = plan;
  const features = needs.drift ? true : needs.slices && plan.segments.keys;
  const versions = version === undefined ? {} : { versions: [version] };
  const query = { target: { model, environment }, from, to, asOf, servedOnly: true, features, ids: false, ...versions };
  return new RowEvidence(plan, window, await stores.rows.read(query));
}

async function needsSummaries(stores: Stores, plan: GatherPlan, window: EvidenceWindow): Promise<boolean> {
  const { exactRows, retention } = plan;
  if (retention !== undefined && window.from < before(window.at, retention)) return true;
  return (await stores.traffic.countServed(plan, window, window.version)) > exactRows;
}

async function fromSummaries(
  stores: Stores,
  plan: GatherPlan,
  window: EvidenceWindow,
  { drift, slices }: Needs,
): Promise<Evidence> {
  const settings = summarySettings(plan);
  await stores.summaries.fold(plan, settings);
  const { seasonOf, ...query } = summaryQuery(plan, { ...window, phase: 'judge' });
  const wanted = { ...query, slices: slices && query.slices === true, ...(drift ? { seasonOf } : {}) };
  return new SummaryEvidence(window, await stores.summaries.read(plan, settings, wanted));
}
