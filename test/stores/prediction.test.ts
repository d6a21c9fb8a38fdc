import type { NewPrediction } from '../../src/contracts';
import { addressOf } from '../../src/stores/address';
import { insertOnce } from '../../src/stores/insert-once';
import { PredictionStore } from '../../src/stores/prediction';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, newPrediction, outcome, prediction } from '../support/rows';

let opened: TestStores;
let target: { model: string; environment: string };
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
beforeEach(() => {
  counter += 1;
  target = { model: `m${counter}`, environment: 'production' };
});
afterAll(() => opened.close());

const read = (change = {}) =>
  opened.stores.rows.read({ target, from: hour(0), to: hour(100_000), asOf: hour(100_000), features: true, ...change });
const segments = () => opened.stores.predictions.segments.find({ model: target.model }).sort({ _id: 1 }).toArray();

describe('minted ids', () => {
  test('each row gets the id of its place, in the order given, and is found by it', async () => {
    const rows = [newPrediction(5), newPrediction(1), newPrediction(3, { version: 2 }), newPrediction(2)];
    const { ids, ...result } = await opened.stores.predictions.log(target, rows);
    expect(result).toEqual({ logged: 4, duplicates: 0, quarantined: [] });
    for (const [index, id] of ids.entries()) {
      expect(await opened.stores.rows.find(target, id!)).toMatchObject({
        predictionId: id,
        ts: rows[index]!.ts,
        version: rows[index]!.version,
        features: rows[index]!.features,
      });
    }
    expect((await read()).ids).toEqual([ids[1], ids[3], ids[2], ids[0]]);
    expect(ids.map((id) => addressOf(id!)!.row)).toEqual([2, 0, 0, 1]);
  });

  test('they cost no ids and no digests, and the same row again is another row', async () => {
    const first = await opened.stores.predictions.log(target, [newPrediction(0)]);
    const second = await opened.stores.predictions.log(target, [newPrediction(0)]);
    expect(first.ids[0]).not.toBe(second.ids[0]);
    for (const segment of await segments()) {
      expect(segment).not.toHaveProperty('ids');
      expect(segment).not.toHaveProperty('digests');
      expect(segment.folded).toBe(false);
    }
    expect((await read()).n).toBe(2);
  });

  test('rows with and without ids may come together; an address of nothing finds nothing', async () => {
    const { ids } = await opened.stores.predictions.log(target, [newPrediction(0), prediction(1), newPrediction(2)]);
    expect(ids[1]).toBe('p00001');
    expect((await read()).ids).toEqual(ids);
    const { segment } = addressOf(ids[0]!)!;
    expect(await opened.stores.rows.find(target, `${segment}/002`)).toBeNull();
    expect(await opened.stores.rows.find({ ...target, environment: 'other' }, ids[0]!)).toBeNull();
  });

  test('a row that was written although its answer was lost is not written again', async () => {
    await opened.stores.predictions.log(target, [newPrediction(0)]);
    const [segment] = await segments();
    await insertOnce(opened.stores.predictions.segments, segment!);
    expect(await segments()).toHaveLength(1);
  });

  test('answers that are lost several times do not lose or double a row', async () => {
    const admin = opened.mongo.db('admin');
    await admin.command({
      configureFailPoint: 'failCommand',
      mode: { times: 4 },
      data: {
        failCommands: ['insert'],
        closeConnection: true,
        namespace: opened.stores.predictions.segments.namespace,
      },
    });
    try {
      expect(await opened.stores.predictions.log(target, [newPrediction(0)])).toMatchObject({ logged: 1 });
    } finally {
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    }
    expect((await read()).n).toBe(1);
  });
});

describe('one row at a time', () => {
  test('rows of many callers share segments of their version; a conflict is told to its caller alone', async () => {
    await opened.stores.predictions.log(target, [prediction(0), prediction(1)]);
    const rows: NewPrediction[] = [
      prediction(0),
      prediction(1, { score: 0.1 }),
      prediction(2),
      prediction(2),
      prediction(2, { score: 0.1 }),
      newPrediction(3),
      newPrediction(4, { version: 2 }),
    ];
    const results = await Promise.all(rows.map((row) => opened.stores.predictions.logOne(target, row)));
    expect(results.map(({ logged, duplicates, quarantined }) => [logged, duplicates, quarantined.length])).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(results[1]).toMatchObject({ quarantined: [{ reason: 'conflict', predictionId: 'p00001' }], ids: [null] });
    expect((await read()).n).toBe(5);
  });

  test('a thousand callers need one segment', async () => {
    const results = await Promise.all(many(1_000, (k) => opened.stores.predictions.logOne(target, newPrediction(k))));
    expect(new Set(results.map(({ ids }) => ids[0])).size).toBe(1_000);
    expect((await segments()).map(({ n }) => n)).toEqual([1_000]);
    expect(await opened.stores.rows.find(target, results[700]!.ids[0]!)).toMatchObject({ features: { x: 700 } });
  });

  test('a caller that sends the body that stands is done, also behind one that sends another', async () => {
    await opened.stores.predictions.log(target, [prediction(0)]);
    const rows = [prediction(0, { score: 0.1 }), prediction(0), prediction(0, { score: 0.1 })];
    const results = await Promise.all(rows.map((row) => opened.stores.predictions.logOne(target, row)));
    expect(results.map(({ duplicates, quarantined }) => [duplicates, quarantined.length])).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });

  test('what is logged is what was given, even when the caller uses its objects again', async () => {
    const features = { x: 1, list: [1, { y: 2 }], ['__proto__']: 3 };
    const logged = opened.stores.predictions.logOne(target, newPrediction(0, { features }));
    features.x = 2;
    (features.list[1] as { y: number }).y = 9;
    const { ids } = await logged;
    const found = (await opened.stores.rows.find(target, ids[0]!))!.features as Record<string, unknown>;
    expect(Object.entries(found).toSorted()).toEqual([
      ['__proto__', 3],
      ['list', [1, { y: 2 }]],
      ['x', 1],
    ]);
  });

  test('a flush leaves nothing waiting', async () => {
    const logged = opened.stores.predictions.logOne(target, newPrediction(0));
    await opened.stores.predictions.flush();
    expect((await read()).n).toBe(1);
    await logged;
  });
});

describe('segments', () => {
  test('predictions of a regression are kept as numbers, those of two classes as bytes', async () => {
    await opened.stores.predictions.log(target, [
      newPrediction(0, { prediction: 2.5, score: null }),
      newPrediction(1, { prediction: 1 }),
      newPrediction(2, { prediction: null }),
      newPrediction(3, { prediction: 0, version: 2 }),
    ]);
    const rows = await read();
    expect([...rows.predicted]).toEqual([2.5, 1, Number.NaN, 0]);
    expect([...rows.prediction]).toEqual([255, 1, 255, 0]);
    expect((await segments()).filter((segment) => 'predicted' in segment).map(({ version }) => version)).toEqual([1]);
  });

  test('rows that are large, or have many features that others do not have, do not fill a segment beyond its bytes', async () => {
    const large = many(8, (k) => newPrediction(k, { features: { text: String(k).repeat(1_000_000) } }));
    const sparse = many(100, (k) =>
      newPrediction(k, { version: 2, features: Object.fromEntries(many(500, (f) => [`f${k}-${f}`, f])) }),
    );
    await opened.stores.predictions.log(target, [...large, ...sparse]);
    const sizes = (await segments()).map(({ version, n }) => [version, n]);
    expect(sizes.filter(([version]) => version === 1)).toEqual([
      [1, 4],
      [1, 4],
    ]);
    expect(sizes.filter(([version]) => version === 2).length).toBeGreaterThan(3);
    const rows = await read({ features: ['f99-499'] });
    expect(rows.n).toBe(108);
    expect([...rows.columns.get('f99-499')!].filter((value) => !Number.isNaN(value))).toEqual([499]);
  });
});

describe('indexes', () => {
  test('the index that older segments had is replaced, by several processes at once', async () => {
    const db = opened.mongo.db(`${opened.db.databaseName}-old`);
    try {
      await db
        .collection('predictionSegments')
        .createIndex({ model: 1, environment: 1, ids: 1 }, { unique: true, name: 'ids' }, {});
      const stores = many(4, () => new PredictionStore(db));
      await Promise.all(stores.map((store) => store.migrate()));
      await stores[0]!.migrate();
      const names = (await db.collection('predictionSegments').indexes()).map(({ name }) => name).toSorted();
      expect(names).toEqual(['_id_', 'callerIds', 'range', 'unfolded']);
      await stores[1]!.log(target, [newPrediction(0)]);
      await stores[2]!.log(target, [newPrediction(1)]);
      expect(await stores[3]!.log(target, [prediction(1)])).toMatchObject({ logged: 1 });
      expect(await stores[0]!.log(target, [prediction(1)])).toMatchObject({ duplicates: 1 });
    } finally {
      await db.dropDatabase();
    }
  });

  test('before the old index is gone, a row without an id is refused, not lost', async () => {
    const db = opened.mongo.db(`${opened.db.databaseName}-older`);
    try {
      await db
        .collection('predictionSegments')
        .createIndex({ model: 1, environment: 1, ids: 1 }, { unique: true, name: 'ids' }, {});
      const store = new PredictionStore(db);
      await store.log(target, [newPrediction(0)]);
      await expect(store.log(target, [newPrediction(1)])).rejects.toThrow('E11000');
    } finally {
      await db.dropDatabase();
    }
  });

  test('a caller’s id is found by its index', async () => {
    await opened.stores.predictions.log(target, many(5, prediction));
    const plan = await opened.stores.predictions.segments
      .find({ model: { $eq: target.model }, environment: { $eq: 'production' }, ids: { $eq: 'p00003' } })
      .explain('queryPlanner');
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).toContain('"indexName":"callerIds"');
  });
});

describe('outcomes', () => {
  test('one at a time they share segments, and each caller hears of its own', async () => {
    const rows = [outcome(0), outcome(0), outcome(0, { label: 0 }), outcome(1, { relevance: [1, 0.5] }), outcome(2)];
    const results = await Promise.all(rows.map((row) => opened.stores.outcomes.logOne(target, row)));
    expect(results.map(({ logged, duplicates, quarantined }) => [logged, duplicates, quarantined.length])).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    const [segment, ...others] = await opened.stores.outcomes.segments.find({ model: target.model }).toArray();
    expect(others).toEqual([]);
    expect(segment).toMatchObject({
      predictionIds: ['p00000', 'p00001', 'p00002'],
      relevance: [null, '[1,0.5]', null],
    });
  });

  test('long rankings do not fill a segment beyond its bytes', async () => {
    const gains = many(1_000, (k) => 1 / (k + 3));
    await opened.stores.outcomes.log(
      target,
      many(400, (k) => outcome(k, { relevance: gains })),
    );
    const found = await opened.stores.outcomes.segments.find({ model: target.model }).sort({ _id: 1 }).toArray();
    expect(found.map(({ ids }) => ids.length).toSorted()).toEqual([161, 161, 78]);
  });
});
