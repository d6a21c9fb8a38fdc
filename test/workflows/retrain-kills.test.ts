import { workflowIds } from '../../src/contracts';
import { eventually, openTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { lossOver } from '../support/losses';
import type { Loss } from '../support/losses';
import { tableOfPage } from '../support/markdown-table';
import type { Death, Moment } from '../support/mortal-child';
import { startMortalWorker } from '../support/mortal-worker';
import { checkEnd, orphansOf } from '../support/retraining-end';
import { prepareRetraining } from '../support/retraining-fixture';
import { many } from '../support/rows';

jest.setTimeout(400_000);

const PAGE = 'docs/reliability.md';
/** A lost attempt is noticed after half a minute: so many rows wait at once. */
const AT_ONCE = 8;

const MOMENTS: Readonly<Record<string, Moment>> = {
  'before its effect': 'before',
  'between effect and answer': 'during',
  'after its answer': 'after',
};

/** What tells that an activity has had its effect: what is counted, before and after. Those not here only read. */
const EFFECTS: Readonly<Record<string, readonly [count: keyof Counts, before: number, after: number]>> = {
  takeSnapshot: ['datasets', 0, 1],
  trainChallenger: ['artifacts', 1, 2],
  registerChallenger: ['versions', 1, 2],
  decideDeployment: ['entries', 1, 2],
  withdraw: ['entries', 2, 3],
  archiveChallenger: ['archived', 0, 1],
  // The champion's is claimed by whoever registered it.
  discardArtifacts: ['claimedArtifacts', 3, 1],
  discardSnapshot: ['claimedDatasets', 1, 0],
};

interface Row {
  readonly step: string;
  readonly moment: Moment;
  readonly decision: string;
  readonly ledger: string;
}

const rows = tableOfPage(PAGE, 'A worker killed at every step').map((row): Row => {
  const moment = MOMENTS[row.killed!];
  if (moment === undefined) throw new Error(`${PAGE} kills a worker at an unknown moment: ${row.killed}`);
  return { step: row.step!, moment, decision: row['ends as']!, ledger: row.ledger! };
});

interface Run {
  readonly loop: TestLoop;
  readonly signal: NodeJS.Signals | null;
  /** As the worker died, before another went on. */
  readonly counts: Counts;
  readonly orphans: readonly string[];
  readonly loss: Loss;
}

const opened: TestLoop[] = [];
let runs: readonly Promise<Run>[] = [];

beforeAll(() => {
  const lanes = many(AT_ONCE, () => Promise.resolve<unknown>(null));
  runs = rows.map((row, k) => {
    const run = lanes[k % AT_ONCE]!.then(() => runOf(row));
    lanes[k % AT_ONCE] = run.catch(() => undefined);
    return run;
  });
});
afterAll(async () => {
  await Promise.allSettled(runs);
  await Promise.all(opened.map((loop) => loop.close()));
});

/** A retraining whose first worker dies; the second, which nothing befalls, sees it through. */
async function runOf({ step, moment, decision }: Row): Promise<Run> {
  const loop = await openTestLoop();
  opened.push(loop);
  const { model, client } = loop;
  const death = deathOf(step, moment);
  const worker = await startMortalWorker(loop, death);
  try {
    const spec = await prepareRetraining(loop, model, 'turned');
    const isCancelled = decision === 'cancelled';
    const rules = [{ metric: 'accuracy' as const, atLeast: 0.5 }];
    const bake = { duration: isCancelled ? '1h' : '1s', rules };
    const policy = { ...spec.policy, strategy: { kind: 'direct' as const }, bake };
    await client.retraining.start({ ...spec, clock: 'wall', policy });
    if (isCancelled) {
      await eventually(async () => (await client.retraining.status({ model })).phase === 'baking', 60);
      // The worker may die before it has said so; the retraining's end tells.
      client.retraining.cancel({ model }, { who: 'ops', reason: 'because' }).catch(() => undefined);
    }
    const signal = await worker.death;
    const [counts, orphans] = [await countsOf(loop), await orphansOf(loop)];
    const stop = await workOn(loop);
    await client.retraining.handle({ model }).result();
    await stop();
    const id = workflowIds.retraining({ model, environment: 'production' });
    return { loop, signal, counts, orphans, loss: await lossOver(loop.temporal, id, death) };
  } finally {
    worker.end();
  }
}

/** A withdrawal is the second decision that a retraining asks for. */
function deathOf(step: string, moment: Moment): Death {
  return step === 'withdraw'
    ? { activity: 'decideDeployment', visit: 2, moment }
    : { activity: step, visit: 1, moment };
}

interface Counts {
  readonly datasets: number;
  readonly claimedDatasets: number;
  readonly artifacts: number;
  readonly claimedArtifacts: number;
  readonly versions: number;
  readonly archived: number;
  readonly entries: number;
}

async function countsOf({ db }: TestLoop): Promise<Counts> {
  const count = (name: string, filter = {}) => db.collection(name).countDocuments(filter);
  const owned = { owners: { $gt: '' } };
  return {
    datasets: await count('datasets'),
    claimedDatasets: await count('datasets', owned),
    artifacts: await count('artifacts.files'),
    claimedArtifacts: await count('artifactClaims', owned),
    versions: await count('models'),
    archived: await count('models', { state: 'archived' }),
    entries: await count('deploymentLedger'),
  };
}

test('the table names every step, what undoes it and every moment', () => {
  const steps = ['takeSnapshot', 'checkQuality', 'trainChallenger', 'evaluateGate', 'registerChallenger'];
  const all = [...steps, 'decideDeployment', 'judgeBake', 'withdraw', ...Object.keys(EFFECTS).slice(-3)];
  const named = rows.map(({ step, moment }) => `${step} ${moment}`);
  expect(named).toEqual(all.flatMap((step) => Object.values(MOMENTS).map((moment) => `${step} ${moment}`)));
});

test.each(rows.map((row, k) => [row.step, row.moment, row.decision, k] as const))(
  '%s, killed %s: %s',
  async (step, moment, decision, k) => {
    const { loop, signal, counts, orphans, loss } = await runs[k]!;
    expect(signal).toBe('SIGKILL');
    if (moment === 'after') expect(loss.reader).toBe(true);
    else expect(loss.attempts).toBeGreaterThanOrEqual(1);
    const effect = EFFECTS[step];
    if (effect !== undefined) expect(counts[effect[0]]).toBe(effect[moment === 'before' ? 1 : 2]);
    // Trained and not registered: a dataset version and an artifact that somebody has yet to name or discard.
    if (step === 'evaluateGate') expect(orphans).toHaveLength(2);
    await checkEnd(loop, loop.model, { decision, ledger: rows[k]!.ledger });
    expect(await orphansOf(loop)).toEqual([]);
  },
);
