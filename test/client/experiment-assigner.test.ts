import { TrackingClient } from '../../src/client/tracking';
import type { DesignPlan, ExperimentEvent, PublishDesignInput } from '../../src/contracts';
import { assign } from '../../src/domain/assignment';
import { ExperimentAssigner } from '../../src/services';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { design, running } from '../support/designs';

const eligibility = [{ attribute: 'country', operator: 'is' as const, value: 'DE' }];
const inB = Array.from({ length: 50 }, (_, index) => `u${index}`).find(
  (unit) => assign(running(), unit, {}).variant === 'B',
)!;

let opened: TestStores;
const open: ExperimentAssigner[] = [];
const errors: unknown[] = [];
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(async () => {
  for (const assigner of open) await assigner.close();
  await opened.close();
});

/** Another process, as far as memory goes. */
async function process(): Promise<ExperimentAssigner> {
  const { mongo, db, stores } = opened;
  const assigner = await ExperimentAssigner.connect({
    mongo,
    db,
    tracking: new TrackingClient(stores),
    pollMs: 3_600_000,
    onError: (error) => errors.push(error),
  });
  open.push(assigner);
  return assigner;
}

let number = 0;
/** What the workflow writes when an experiment goes on. */
function publish(change: Partial<PublishDesignInput>): Promise<void> {
  const event: ExperimentEvent = { at: '2026-01-05T00:00:00.000Z', kind: 'started', who: 'ann', reason: 'test' };
  const state = { phase: 'running', start: event.at, end: null, coverage: 1, dropped: [] } as const;
  return opened.stores.designs.publish({ id: 'checkout', number: (number += 1), event, ...state, ...change });
}

test('a unit keeps its variant from process to process, while the experiment runs', async () => {
  await opened.stores.designs.open(design({ eligibility }), {} as DesignPlan);
  const one = await process();
  expect(await one.assign('checkout', inB, { country: 'DE' })).toMatchObject({ reason: 'not-running' });
  await publish({});
  await one.refresh();
  expect(await one.assign('checkout', inB, { country: 'DE' })).toMatchObject({ variant: 'B', by: 'hash' });
  await one.flush();

  const two = await process();
  expect(await two.assign('checkout', inB, { country: 'FR' })).toMatchObject({ variant: 'B', by: 'sticky' });
  expect(await two.assign('checkout', 'somebody', { country: 'FR' })).toMatchObject({ reason: 'not-eligible' });

  await publish({ dropped: ['B'] });
  const three = await process();
  await three.preload([inB]);
  expect(three.assignLocally('checkout', inB, { country: 'DE' })).toMatchObject({ variant: 'B', by: 'sticky' });

  await publish({ phase: 'decided' });
  for (const assigner of [one, three]) {
    await assigner.refresh();
    expect(await assigner.assign('checkout', inB, { country: 'DE' })).toMatchObject({ reason: 'not-running' });
  }
});

test('an exposure is stored once, whoever logs it, and nothing is refused', async () => {
  for (const assigner of open) await assigner.flush();
  expect(errors).toEqual([]);
  const found = await opened.db.collection('assignments').find().toArray();
  expect(found).toMatchObject([{ experiment: 'checkout', unit: inB, variant: 'B', crossed: 0 }]);
});
