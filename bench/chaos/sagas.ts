import { setTimeout as delay } from 'node:timers/promises';
import type { LoopwrightClient } from '../../src/client';
import type { RetrainSpecInput } from '../../src/client';
import type { RetrainingResult } from '../../src/contracts';
import { encodeModel, seeded, trainLogisticRegression } from './library';

const HOURS = 240;
const START = Date.parse('2011-08-01T00:00:00.000Z');
const at = (hour: number) => new Date(START + hour * 3_600_000).toISOString();
const who = 'chaos';

/** How a saga is meant to end, and what its ledger then says. */
export const ENDS = {
  promoted: ['deploy', 'deploy'],
  'not-better': ['deploy'],
  'timed-out': ['deploy'],
  cancelled: ['deploy', 'deploy', 'roll-back'],
} as const;

/** A way to end. */
export type End = keyof typeof ENDS;

/** One saga of the batch. */
export interface Saga {
  readonly model: string;
  readonly end: End;
}

/** Registers and serves a champion that is always wrong, logs labelled rows and asks for a retraining. */
export async function beginSaga(client: LoopwrightClient, { model, end }: Saga): Promise<void> {
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9]);
  const artifact = encodeModel(trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] }));
  const { version } = await client.models.register({ model, key: 'first', artifact });
  await client.deployments.deploy({ model }, version, { who, reason: 'first', key: 'first', effectiveAt: at(0) });
  const random = seeded(1);
  const xs = Array.from({ length: HOURS }, () => random() * 2 - 1);
  const id = (hour: number) => `p${hour}`;
  await client.predictions.log(
    { model },
    xs.map((value, hour) => ({
      predictionId: id(hour),
      ts: at(hour),
      features: { x: value },
      version,
      score: value > 0 ? 0.9 : 0.1,
      prediction: value > 0 ? 1 : 0,
    })),
  );
  await client.outcomes.log(
    { model },
    xs.map((value, hour) => ({ predictionId: id(hour), label: value > 0 ? 0 : 1, labelTs: at(hour + 24) })),
  );
  await client.retraining.start(specOf(model, end));
}

function specOf(model: string, end: End): RetrainSpecInput {
  const bake = { duration: end === 'cancelled' ? '1h' : '1s', rules: [{ metric: 'accuracy', atLeast: 0.5 }] } as const;
  return {
    model,
    key: `${model}/1`,
    at: at(HOURS),
    reasons: ['chaos'],
    metric: 'accuracy',
    labelMaturity: '1d',
    policy: {
      lookback: '9d',
      holdout: '3d',
      strategy: { kind: 'direct' },
      bake: { ...bake, rules: [...bake.rules] },
      ...(end === 'not-better' ? { gate: { rules: [{ metric: 'accuracy', atLeast: 1.01 }] } } : {}),
      ...(end === 'timed-out' ? { approval: { timeout: '1s', onTimeout: 'reject' } } : {}),
    },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  };
}

/** Waits for a saga's end; one that is meant to be cancelled is cancelled while it bakes. */
export async function endOfSaga(client: LoopwrightClient, { model, end }: Saga): Promise<RetrainingResult> {
  const handle = client.retraining.handle({ model });
  if (end === 'cancelled') await cancelWhileBaking(client, model);
  return handle.result() as Promise<RetrainingResult>;
}

async function cancelWhileBaking(client: LoopwrightClient, model: string): Promise<void> {
  for (;;) {
    // A query needs a worker, and so does an update: while it is dead both are tried again.
    const phase = await client.retraining.status({ model }).then(
      (status) => status.phase,
      () => null,
    );
    if (phase === 'closed') return;
    if (phase === 'baking') {
      await client.retraining.cancel({ model }, { who, reason: 'chaos' }).catch(() => undefined);
    }
    await delay(300);
  }
}

/** What is wrong with a saga that has ended; empty when nothing is. */
export async function faultsOf(client: LoopwrightClient, saga: Saga, result: RetrainingResult): Promise<string[]> {
  const { model, end } = saga;
  const faults: string[] = [];
  const expect = (fine: boolean, fault: string) => {
    if (!fine) faults.push(`${model}: ${fault}`);
  };
  expect(result.decision === end, `ended as ${result.decision}, expected ${end}: ${result.reasons.join('; ')}`);
  const history = await client.deployments.history({ model });
  const actions = history.map(({ action }) => action).join(', ');
  expect(actions === ENDS[end].join(', '), `the ledger says ${actions}, expected ${ENDS[end].join(', ')}`);
  const serving = await client.deployments.current({ model });
  const good = end === 'promoted' ? 2 : 1;
  expect(serving?.champion === good, `version ${serving?.champion} serves, expected ${good}`);
  const versions = await client.models.list(model);
  const orphans = versions.filter(({ state }) => state === 'challenger').map(({ name }) => name);
  expect(orphans.length === 0, `left as challengers: ${orphans.join(', ')}`);
  const count = end === 'not-better' ? 1 : 2;
  expect(versions.length === count, `${versions.length} versions, expected ${count}`);
  const alerts = await client.alerts.list({ model }, { state: 'unresolved' });
  expect(alerts.length === 0, `${alerts.length} alerts are open`);
  return faults;
}
