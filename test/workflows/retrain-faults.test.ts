import { searchAttributes } from '../../src/contracts';
import type { RetrainingResult } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { Faults } from '../support/faults';
import type { Fault } from '../support/faults';
import { tableOfPage } from '../support/markdown-table';
import { checkEnd, orphansOf } from '../support/retraining-end';
import { prepareRetraining } from '../support/retraining-fixture';

jest.setTimeout(60_000);

const PAGE = 'docs/reliability.md';
const steps = tableOfPage(PAGE, 'Every step and every fault').map((row, index) => ({ ...row, model: `step-${index}` }));
const undos = tableOfPage(PAGE, 'A compensation that fails').map((row, index) => ({ ...row, model: `undo-${index}` }));

const KINDS: Readonly<Record<string, Fault['kind']>> = {
  fails: 'fails',
  'times out, had happened': 'hangs-after',
  'times out, had not happened': 'hangs-before',
  cancelled: 'cancelled',
  'fails once, can be tried again': 'fails-once',
  'fails once': 'fails-once',
  'fails for ever': 'fails',
};

type Row = Record<string, string> & { readonly model: string };

const faults = new Faults();
const person = { who: 'ops', reason: 'because' };
let loop: TestLoop;
let seed = 0;

beforeAll(async () => {
  loop = await startTestLoop({ interceptActivities: faults.interceptor });
  for (const row of steps as Row[]) {
    if (row.step !== '–') faults.byModel.set(row.model, [faultOf(row.model, row.step!, row.fault!)]);
    await begin(row.model, row.fault!.startsWith('times out') ? '4s' : '60s');
  }
  for (const row of undos as Row[]) {
    const bake = { activity: 'judgeBake', kind: 'fails' } as const;
    faults.byModel.set(row.model, [bake, faultOf(row.model, row.compensation!, row.fault!)]);
    await begin(row.model, '60s');
  }
});
afterAll(() => loop.close());

function faultOf(model: string, activity: string, fault: string): Fault {
  const kind = KINDS[fault];
  if (kind === undefined) throw new Error(`${PAGE} names an unknown fault ${JSON.stringify(fault)}`);
  return { activity, kind, cancel: () => loop.client.retraining.cancel({ model }, person) };
}

async function begin(model: string, stepTimeout: string): Promise<void> {
  const spec = await prepareRetraining(loop, model, 'turned', (seed += 1));
  const bake = { duration: '1s', rules: [{ metric: 'accuracy' as const, atLeast: 0.5 }] };
  const policy = { ...spec.policy, strategy: { kind: 'direct' as const }, bake, stepTimeout };
  await loop.client.retraining.start({ ...spec, clock: 'wall', policy });
}

const resultOf = (model: string) => loop.client.retraining.handle({ model }).result() as Promise<RetrainingResult>;

test('the tables name every activity of a retraining and every fault', () => {
  const activities = new Set(steps.map((row) => (row as Row).step));
  expect([...activities].sort()).toEqual(
    [
      '–',
      'checkQuality',
      'decideDeployment',
      'evaluateGate',
      'judgeBake',
      'registerChallenger',
      'takeSnapshot',
      'trainChallenger',
    ].sort(),
  );
  expect(steps).toHaveLength(7 * 5 + 1);
});

test.each((steps as Row[]).map((row) => [row.step, row.fault, row['ends as'], row] as const))(
  '%s %s: %s',
  async (step, _fault, decision, row) => {
    await checkEnd(loop, row.model, { decision: decision!, ledger: row.ledger! });
    expect(faults.met.get(row.model) ?? 0).toBeGreaterThanOrEqual(step === '–' ? 0 : 1);
  },
);

test.each((undos as Row[]).map((row) => [row.compensation, row.fault, row] as const))(
  'undo %s %s',
  async (compensation, _fault, row) => {
    const { model } = row;
    if (row['state until resolved'] !== '–') {
      await eventually(async () => (await loop.client.retraining.status({ model })).phase === 'compensation-failed');
      await expect(stateOf(model)).resolves.toBe(row['state until resolved']);
      const [alert] = await loop.client.alerts.list({ model }, { state: 'unresolved' });
      expect(alert).toMatchObject({ kind: 'compensation', severity: 'high', state: 'open' });
      expect(alert!.summary).toContain(`${compensation} was made to fail`);
      faults.byModel.set(model, [{ activity: 'judgeBake', kind: 'fails' }]);
      await loop.client.retraining
        .handle({ model })
        .executeUpdate('resolveCompensation', { args: [{ ...person, action: 'retry' }] });
    }
    await checkEnd(loop, model, { decision: row['ends as']!, ledger: row.ledger! });
    expect(faults.met.get(model)).toBeGreaterThanOrEqual(2);
  },
);

test('no artifact or dataset version is left that no version of a model names', async () => {
  for (const { model } of [...steps, ...undos]) await resultOf(model);
  expect(await orphansOf(loop)).toEqual([]);
});

async function stateOf(model: string): Promise<unknown> {
  const { memo, typedSearchAttributes } = await loop.client.retraining.handle({ model }).describe();
  return typedSearchAttributes.get(searchAttributes.state) ?? memo?.LoopwrightState;
}
