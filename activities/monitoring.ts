import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Evaluation, FeatureDrift, MonitoringActivities, MonitorSpec, OutcomeRow } from '../src/contracts';
import { outcomeRowSchema, parseWith, recordOutcomesSchema, siftRows } from '../src/schemas';
import { twoSampleKolmogorovSmirnov } from '../src/statistics';
import type { Rows, Stores } from '../src/stores';
import { performanceOf } from './performance';

/** What a monitor asks: fold, read, compute, record. Every decision on the numbers is the workflow's. */
export function createMonitoringActivities(stores: Stores): MonitoringActivities {
  return {
    evaluateWindow: async ({ spec, from, to, asOf, version }) => {
      await stores.labels.fold(spec);
      const served = { target: spec, from, to, asOf, servedOnly: true, features: version === undefined };
      const rows = await stores.rows.read(version === undefined ? served : { ...served, versions: [version] });
      const drift = version === undefined ? await driftOf(stores, spec, rows) : [];
      const evaluation: Evaluation = { from, to, asOf, served: rows.n, performance: performanceOf(rows), drift };
      const { drift: _drift, ...judged } = await stores.evaluations.record(spec, evaluation, version ?? null);
      return judged;
    },
    recordAlert: ({ target, alert }) => stores.evaluations.recordAlert(target, alert),
    logOutcomes: async ({ target, batch }) => {
      const { outcomes } = parseWith(recordOutcomesSchema, batch, 'recordOutcomes');
      const { rows, quarantined } = siftRows<OutcomeRow>(outcomeRowSchema, outcomes, (row) => row.labelTs, Date.now());
      const result = await stores.outcomes.log(target, rows);
      const aside = [...quarantined, ...result.quarantined];
      await stores.quarantine.add(target, aside);
      return { ...result, quarantined: aside };
    },
    findEnded: async ({ workflowIds }) => {
      const { client } = Context.current();
      const running = await Promise.all(
        workflowIds.map(async (id) => {
          try {
            return (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';
          } catch (error) {
            if (error instanceof WorkflowNotFoundError) return false;
            throw error;
          }
        }),
      );
      return workflowIds.filter((_, index) => running[index] === false);
    },
  };
}

async function driftOf(stores: Stores, spec: MonitorSpec, rows: Rows): Promise<FeatureDrift[]> {
  const { from, to } = spec.reference;
  const reference = await stores.rows.read({ target: spec, from, to, asOf: to, features: true });
  const names = new Set([...reference.columns.keys(), ...rows.columns.keys()]);
  return [...names].sort().map((feature) => {
    const before = reference.columns.get(feature);
    const now = rows.columns.get(feature);
    const none = { feature, statistic: null, pValue: null };
    if (before === undefined) return { ...none, status: 'new' };
    if (now === undefined) return { ...none, status: 'missing' };
    const test = twoSampleKolmogorovSmirnov(before, now);
    if (test.status !== 'ok') return { ...none, status: 'empty' };
    return { feature, status: 'ok', statistic: test.statistic, pValue: test.pValue };
  });
}
