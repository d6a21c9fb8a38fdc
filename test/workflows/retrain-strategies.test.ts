import { setTimeout as delay } from 'node:timers/promises';
import type { RetrainSpecInput } from '../../src/schemas';
import { eventually, openTestLoop, startTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { Faults } from '../support/faults';
import type { Fault } from '../support/faults';
import { lossOver } from '../support/losses';
import { tableOfPage } from '../support/markdown-table';
import { startMortalWorker } from '../support/mortal-worker';
import { checkEnd, orphansOf } from '../support/retraining-end';
import { HOURS, logAfter, prepareRetraining } from '../support/retraining-fixture';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

const PAGE = 'docs/reliability.md';
const rows = tableOfPage(PAGE, 'Every strategy and every fault').map((row, index) => ({
  strategy: row.strategy as Kind,
  fault: row.fault!,
  end: { decision: row['ends as']!, ledger: row.ledger! },
  model: `strategy-${index}`,
}));

type Kind = 'blue-green' | 'canary' | 'shadow' | 'experiment';
type Row = (typeof rows)[number];
type Strategy = NonNullable<RetrainSpecInput['policy']['strategy']>;

const [guardrails, hold] = [[{ metric: 'accuracy' as const, tolerance: 0.05 }], '20h'];
const judged = { guardrails, minimumRows: 5 };
const STRATEGIES: Readonly<Record<Kind, Strategy>> = {
  'blue-green': { kind: 'blue-green', drain: hold },
  canary: { kind: 'canary', steps: [0.1, 0.5].map((allocation) => ({ allocation, hold })), ...judged },
  shadow: { kind: 'shadow', hold, ...judged },
  experiment: { kind: 'experiment' },
};

/** What begins it, what judges it, and the workflow that it is judged in. */
const DECIDER: Readonly<Record<Kind, string>> = {
  'blue-green': 'decideDeployment',
  canary: 'decideDeployment',
  shadow: 'decideDeployment',
  experiment: 'split',
};
const JUDGE: Readonly<Record<Kind, string>> = {
  'blue-green': 'probeVersion',
  canary: 'compareVersions',
  shadow: 'compareVersions',
  experiment: 'takeLook',
};
const deploymentOf = (model: string) => `deployment:${model}:production`;
const experimentOf = (model: string) => `experiment:${model}.production.1`;

const KILLED = 'worker killed as it is judged';
const FAULTS: Readonly<Record<string, { readonly kind?: Fault['kind']; readonly hits?: 'begin' | 'judge' }>> = {
  '–': {},
  'cannot begin': { kind: 'fails', hits: 'begin' },
  'begins, the answer is lost': { kind: 'hangs-after', hits: 'begin' },
  'does not begin, no answer': { kind: 'hangs-before', hits: 'begin' },
  'cancelled under way': {},
  'worse than the champion': {},
  'cannot be judged': { kind: 'fails', hits: 'judge' },
  [KILLED]: {},
};

const faults = new Faults();
let loop: TestLoop;
let failure: unknown = null;

beforeAll(async () => {
  loop = await startTestLoop({ interceptActivities: faults.interceptor });
  for (const [seed, row] of rows.entries()) {
    if (row.fault === KILLED) continue;
    const { kind, hits } = faultOf(row);
    const activity = (hits === 'begin' ? DECIDER : JUDGE)[row.strategy];
    if (kind !== undefined) faults.byModel.set(row.model, [{ activity, kind }]);
    await begin(loop, row, seed + 1);
    see(loop, row).catch((error: unknown) => (failure = error));
  }
});
afterAll(() => loop.close());

function faultOf({ fault }: Row): (typeof FAULTS)[string] {
  const found = FAULTS[fault];
  if (found === undefined) throw new Error(`${PAGE} names an unknown fault ${JSON.stringify(fault)}`);
  return found;
}

/** A retraining whose challenger is better, or for one fault worse, once traffic has gone on. */
async function begin(on: TestLoop, { model, strategy, fault }: Row, seed: number): Promise<void> {
  const spec = await prepareRetraining(on, model, 'turned', seed);
  await logAfter(on, model, fault === 'worse than the champion' ? 'as-trained' : 'turned');
  const stepTimeout = FAULTS[fault]?.kind?.startsWith('hangs') === true ? '4s' : '60s';
  const policy = { ...spec.policy, strategy: STRATEGIES[strategy], stepTimeout };
  // A week has too few rows for an arm.
  const experiment = { ...spec.experiment, duration: '14d' };
  await on.client.retraining.start({ ...spec, policy, experiment });
}

/** Lets event time pass, or cancels, once the challenger meets traffic. */
async function see(on: TestLoop, { model, strategy, fault }: Row): Promise<void> {
  const isOver = async () => (await on.client.retraining.list({ model }))[0]?.result != null;
  const isUnderWay = async () => {
    const { champion, split, shadow = null } = (await on.client.deployments.current({ model }))!;
    return champion === 2 || split !== null || shadow !== null;
  };
  await eventually(async () => (await isUnderWay()) || (await isOver()), 60);
  if (fault === 'cancelled under way' && !(await isOver()))
    await on.client.retraining.cancel({ model }, { who: 'ops', reason: 'because' });
  if (FAULTS[fault]?.hits === 'begin') return;
  const judge = on.temporal.workflow.getHandle(strategy === 'experiment' ? experimentOf(model) : deploymentOf(model));
  for (let k = HOURS + 20; !(await isOver()) && k < HOURS + 1_000; k += 20) {
    // What is over takes no signal.
    await judge.signal('watermarkAdvanced', { source: 'test', at: hour(k) }).catch(() => undefined);
    await delay(300);
  }
}

test('the table names every strategy with every fault that it can meet', () => {
  const every = Object.keys(STRATEGIES).flatMap((kind) => Object.keys(FAULTS).map((fault) => `${kind}: ${fault}`));
  const never = [
    'blue-green: worse than the champion',
    'experiment: begins, the answer is lost',
    'experiment: does not begin, no answer',
  ];
  expect(rows.map(({ strategy, fault }) => `${strategy}: ${fault}`).sort()).toEqual(
    every.filter((each) => !never.includes(each)).sort(),
  );
});

const named = rows.map((row) => [row.strategy, row.fault, row.end.decision, row] as const);

test.each(named.filter(([, fault]) => fault !== KILLED))('%s, %s: %s', async (_strategy, _fault, _decision, row) => {
  await checkEnd(loop, row.model, row.end);
  if (faultOf(row).kind !== undefined) expect(faults.met.get(row.model) ?? 0).toBeGreaterThanOrEqual(1);
  await checkExperiments(loop, row.model);
});

test.each(named.filter(([, fault]) => fault === KILLED))('%s, %s: %s', async (strategy, _fault, _decision, row) => {
  const own = await openTestLoop();
  const death = { activity: JUDGE[strategy], visit: 1, moment: 'during' } as const;
  const worker = await startMortalWorker(own, death);
  let stop: (() => Promise<void>) | null = null;
  try {
    await begin(own, row, 1);
    const seen = see(own, row);
    expect(await worker.death).toBe('SIGKILL');
    stop = await workOn(own);
    await seen;
    await checkEnd(own, row.model, row.end);
    await checkExperiments(own, row.model);
    expect(await orphansOf(own)).toEqual([]);
    const judge = strategy === 'experiment' ? experimentOf(row.model) : deploymentOf(row.model);
    expect((await lossOver(own.temporal, judge, death)).attempts).toBeGreaterThanOrEqual(1);
  } finally {
    worker.end();
    await stop?.();
    await own.close();
  }
});

test('nothing is left that no version of a model names, and nobody was cut off', async () => {
  expect(await orphansOf(loop)).toEqual([]);
  expect(failure).toBeNull();
});

/** No experiment is left open. */
async function checkExperiments(on: TestLoop, model: string): Promise<void> {
  const found = await on.client.challenges.list({ model });
  expect(found.filter(({ result }) => result === null)).toEqual([]);
}
