import { isDeepStrictEqual } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type {
  AnalyseDesignInput,
  DesignActivities,
  DesignEvidence,
  DesignPlan,
  DesignRecord,
  Estimate,
  ExperimentAnalysis,
  ExperimentDesign,
} from '../src/contracts';
import { before } from '../src/domain/time';
import type { Stores } from '../src/stores';
import { analyseSums } from './experiment-analysis';
import { withOutcomes } from './experiment-outcomes';
import { planOfDesign } from './experiment-plan';

/** So much time before the start tells what to expect. */
const HISTORY = '28d';

/** What a designed experiment asks of its worker: its plan, its record, its numbers. */
export function createDesignActivities(stores: Stores): DesignActivities {
  return {
    openDesign: async ({ design, at }) => {
      const known = await stores.designs.find(design.id);
      if (known !== null) return planOf(known, design);
      const history = { from: before(at, HISTORY), to: at };
      const { unitsPerDay, metrics } = await stores.metricEvents.baselines(design, history);
      return stores.designs.open(design, planOfDesign(design, { unitsPerDay, baselines: metrics }));
    },
    publishDesign: (input) => stores.designs.publish(input),
    analyseDesign: async (input) => evidenceOf(await analyse(stores, input)),
    recordDecision: ({ id, look }) => stores.designs.recordLook(id, look),
    closeDesign: ({ result }) => stores.designs.close(result),
  };
}

/** The recorded plan where the same start is tried again; what has begun is another experiment's. */
function planOf(known: DesignRecord, design: ExperimentDesign): DesignPlan {
  if (known.events.length === 0 && isDeepStrictEqual(known.design, design)) return known.plan!;
  const message = `id is ${JSON.stringify(design.id)}: expected one that no experiment has had, its record stands`;
  throw ApplicationFailure.nonRetryable(message, failureTypes.conflict);
}

async function analyse(stores: Stores, input: AnalyseDesignInput): Promise<ExperimentAnalysis> {
  const { design, from, exposedTo, at, epochs, kind } = input;
  await stores.unitSums.fold(design);
  const query = { design, from, exposedTo, at, epochs, detailed: kind !== 'check' };
  const sums = await withOutcomes(stores, query, await stores.unitSums.read(query));
  return stores.designs.recordAnalysis(design.id, analyseSums(sums, input));
}

/** What a decision needs, small enough for a history: what decides, in so many digits as are shown. */
function evidenceOf(analysis: ExperimentAnalysis): DesignEvidence {
  const { at, exposedTo, kind, k, status, units, sampleRatio, crossed } = analysis;
  const comparisons = analysis.comparisons
    .filter(({ role }) => role !== 'secondary')
    .map(({ variant, metric, role, status: said, difference, lift, pValue, z, bound, ...flags }) => ({
      ...{ variant, metric, role, status: said, significant: flags.significant },
      ...{ better: flags.better, breached: flags.breached },
      ...{ difference: short(difference), lift: short(lift) },
      ...{ pValue: digits(pValue), z: digits(z), bound: digits(bound) },
    }));
  return { at, exposedTo, kind, k, status, units, sampleRatio, crossed, comparisons };
}

function short(estimate: Estimate | null): Estimate | null {
  if (estimate === null) return null;
  const { value, low, high } = estimate;
  return { value: Number(value.toPrecision(6)), low: digits(low), high: digits(high) };
}

function digits(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}
