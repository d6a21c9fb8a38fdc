import { setTimeout as delay } from 'node:timers/promises';
import { LeaseStore } from '../../src/stores/lease';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

test('a holder that works longer than others are patient is waited for, as long as it lives', async () => {
  const leases = [1, 2].map(() => new LeaseStore(opened.db, opened.mongo));
  const things = opened.db.collection<{ _id: string; by: string[] }>('things');
  await things.insertOne({ _id: 'one', by: [] });
  const attempts = { slow: 0, quick: 0 };
  const push = (by: 'slow' | 'quick', lease: LeaseStore, work: () => Promise<unknown>) =>
    lease.transaction('key', async (session) => {
      attempts[by] += 1;
      await things.updateOne({ _id: 'one' }, { $push: { by } }, { session });
      await work();
    });
  let resolve: () => void = () => undefined;
  const started = new Promise<void>((done) => (resolve = done));
  const slow = push('slow', leases[0]!, async () => {
    resolve();
    await delay(3_500);
  });
  await started;
  await Promise.all([slow, push('quick', leases[1]!, () => Promise.resolve())]);
  expect(attempts).toEqual({ slow: 1, quick: 1 });
  expect((await things.findOne({ _id: 'one' }))!.by).toEqual(['slow', 'quick']);
});
