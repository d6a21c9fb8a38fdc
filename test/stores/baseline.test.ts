import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const entry = (source: string, kind: 'reference' | 'served' = 'reference') =>
  ({ kind, source, artifact: `digest of ${source}`, rows: 5, frozenAt: '2011-08-01T00:00:00.000Z' }) as const;

test('baselines are numbered per target and kind, without gaps, however many freeze at once', async () => {
  const [target, other] = [fresh(), fresh()];
  const { baselines } = opened.stores;
  const frozen = await Promise.all(many(12, (k) => baselines.freeze(target, entry(`s${k % 6}`))));
  expect(frozen[0]!._id).toBe(frozen[6]!._id);
  expect((await baselines.list(target, 'reference')).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await baselines.freeze(other, entry('s0')))._id).toBe(`${other.model}/production/1`);
  expect((await baselines.freeze(target, entry('s0', 'served')))._id).toBe(`${target.model}/production/served/1`);
});

test('the first to freeze a source stands', async () => {
  const target = fresh();
  const { baselines } = opened.stores;
  const first = await baselines.freeze(target, entry('s'));
  expect(await baselines.freeze(target, { ...entry('s'), artifact: 'another', rows: 9 })).toEqual(first);
  expect(await baselines.find(target, 'reference', 's')).toEqual(first);
  expect(await baselines.find(target, 'served', 's')).toBeNull();
  expect(await baselines.find({ ...target, environment: 'test' }, 'reference', 's')).toBeNull();
});

test('an object in place of a name is a value, never an operator', async () => {
  const target = fresh();
  await opened.stores.baselines.freeze(target, entry('s'));
  const hostile = { $ne: null } as unknown as string;
  expect(await opened.stores.baselines.find(target, 'reference', hostile)).toBeNull();
  expect(await opened.stores.baselines.list({ model: hostile, environment: hostile }, 'reference')).toEqual([]);
});
