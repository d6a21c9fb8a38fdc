import type { EndedStage } from '../src/contracts';
import { pipelineOwner } from '../src/contracts';
import { reusable } from '../src/domain/pipeline-records';
import type { PipelineRunDocument, PipelineStageDocument } from '../src/stores';
import { claimAll, claimLog } from './pipeline-cache';
import type { KnownPipeline } from './pipeline-known';
import { askedFrom } from './pipeline-stage';
import type { StageDeps } from './pipeline-stage';

/**
 * Takes the results of the run that is retried as they are, so that no attempt finds anything to do for them; safe to
 * repeat. Stages whose artifacts are gone are run again, with all that depends on them.
 * @returns the stages that are taken whole
 */
export async function takeEarlier(
  deps: StageDeps,
  known: KnownPipeline,
  { _id: run }: PipelineRunDocument,
  earlier: string,
): Promise<Record<string, EndedStage>> {
  const { stores } = deps;
  const records = await stores.pipelineStages.of(earlier);
  const lost = new Set<string>();
  let plan = reusable(known.pipeline, records, lost);
  const claimed = new Set<string>();
  for (let before = -1; before < lost.size; plan = reusable(known.pipeline, records, lost)) {
    before = lost.size;
    for (const record of takenOf(records, plan.units)) {
      if (claimed.has(record._id)) continue;
      claimed.add(record._id);
      const refs = Object.values(record.outcome!.outputs);
      if (!(await claimAll(stores, refs, pipelineOwner(run)))) lost.add(record.stage);
    }
  }
  for (const { stage, unit, outcome } of takenOf(records, plan.units)) {
    const log = await claimLog(stores, outcome!.log, run);
    await stores.pipelineStages.succeed({ run, stage, unit }, { ...outcome!, source: 'retry', from: earlier, log });
  }
  const reused: Record<string, EndedStage> = {};
  for (const stage of plan.stages) {
    const of = records.filter((record) => record.stage === stage);
    const version = of.find(({ unit }) => unit === -1)?.version ?? null;
    if (version !== null) await stores.pipelineStages.decide(run, stage, { state: 'succeeded', version });
    const only = of.filter(({ unit }) => unit >= 0);
    const asked = only.length === 1 ? askedFrom(known, stage, only[0]!.outcome!) : {};
    reused[stage] = { outcome: 'succeeded', source: 'retry', ...asked, ...(version === null ? {} : { version }) };
  }
  return reused;
}

function takenOf(
  records: readonly PipelineStageDocument[],
  units: ReadonlyMap<string, readonly number[]>,
): PipelineStageDocument[] {
  return records.filter(({ stage, unit }) => units.get(stage)?.includes(unit));
}
