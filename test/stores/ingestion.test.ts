import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';

let test_: TestStores;
let target: { model: string; environment: string };
let counter = 0;
beforeAll(async () => {
  test_ = await openTestStores();
});
beforeEach(() => {
  counter += 1;
  target = { model: `m${counter}`, environment: 'production' };
});
afterAll(() => test_.close());

const read = (change = {}) =>
  test_.stores.rows.read({ target, from: hour(0), to: hour(100_000), asOf: hour(100_000), features: true, ...change });

describe('predictions', () => {
  test('the same row again is a duplicate, another body a conflict for that row alone', async () => {
    const { predictions } = test_.stores;
    expect(await predictions.log(target, many(3, prediction))).toEqual({
      logged: 3,
      duplicates: 0,
      quarantined: [],
      ids: ['p00000', 'p00001', 'p00002'],
    });
    const again = [prediction(0), prediction(1, { score: 0.1 }), prediction(7), prediction(7)];
    const result = await predictions.log(target, again);
    expect(result).toMatchObject({
      logged: 1,
      duplicates: 2,
      quarantined: [{ reason: 'conflict', predictionId: 'p00001' }],
    });
    expect((await read()).n).toBe(4);
    expect((await read()).score[1]).toBe(0.8);
  });

  test('writers of the same rows, all at once, store each row once', async () => {
    const rows = many(300, prediction);
    const results = await Promise.all(many(8, (k) => test_.stores.predictions.log(target, rows.slice(k * 10))));
    expect(results.reduce((sum, { logged }) => sum + logged, 0)).toBe(300);
    const { ids } = await read();
    expect(ids).toEqual(rows.map(({ predictionId }) => predictionId));
  });

  test('a segment has at most 1 000 rows of one version, and its boundary never shows', async () => {
    const rows = many(2_500, (k) => prediction(k, { version: k % 5 === 0 ? 2 : 1 }));
    await test_.stores.predictions.log(target, [...rows].reverse());
    const segments = await test_.stores.predictions.segments.find({ model: target.model }).toArray();
    expect(segments.map(({ n, version }) => [version, n]).sort()).toEqual([
      [1, 1000],
      [1, 1000],
      [2, 500],
    ]);
    const found = await read();
    expect(found.ids).toEqual(rows.map(({ predictionId }) => predictionId));
    expect([...found.columns.get('x')!]).toEqual(rows.map((_, k) => k));
  });

  test('features of any name and kind come back as they were', async () => {
    const features = {
      'a.b': 1,
      $set: 2,
      '': 3,
      text: 'x',
      list: [1, { y: null }],
      nested: { z: 'z' },
      yes: true,
      none: null,
    };
    const odd = Object.fromEntries([...Object.entries(features), ['__proto__', 4]]);
    await test_.stores.predictions.log(target, [
      prediction(0, { features: odd }),
      prediction(1, { features: { text: 'y', list: 'now a text' } }),
    ]);
    const found = (await test_.stores.rows.find(target, 'p00000'))!;
    const { none: _none, yes: _yes, ...rest } = features;
    expect(found.features).toEqual(Object.fromEntries([...Object.entries({ ...rest, yes: 1 }), ['__proto__', 4]]));
    expect((await test_.stores.rows.find(target, 'p00001'))!.features).toEqual({ text: 'y', list: 'now a text' });
  });

  test('an operator in the place of a value finds nothing', async () => {
    await test_.stores.predictions.log(target, [prediction(0)]);
    expect(await test_.stores.rows.find(target, { $ne: null } as never)).toBeNull();
    expect((await read({ target: { model: { $ne: null }, environment: { $ne: null } } })).n).toBe(0);
  });
});

describe('reading', () => {
  test('intervals are half-open, labels count as of a time, versions and history can be left out', async () => {
    await test_.stores.predictions.log(target, [
      ...many(4, prediction),
      prediction(4, { version: 2 }),
      prediction(5, { version: 0, score: null, prediction: null }),
    ]);
    await test_.stores.outcomes.log(target, many(6, outcome));
    await test_.stores.labels.fold(target);
    expect((await read({ from: hour(1), to: hour(3) })).ids).toEqual(['p00001', 'p00002']);
    expect([...(await read({ asOf: hour(25) })).label]).toEqual([1, 0, 255, 255, 255, 255]);
    expect((await read({ asOf: hour(25), labelledOnly: true })).n).toBe(2);
    expect((await read({ versions: [2] })).ids).toEqual(['p00004']);
    expect((await read({ servedOnly: true })).n).toBe(5);
  });

  test('a feature that a row does not have is NaN, a text is no column', async () => {
    await test_.stores.predictions.log(target, [
      prediction(0, { features: { a: 1, t: 'x' } }),
      prediction(1, { features: { b: 2 } }),
    ]);
    const { columns } = await read();
    expect([...columns.keys()]).toEqual(['a', 'b']);
    expect([...columns.get('a')!]).toEqual([1, Number.NaN]);
  });
});

describe('datasets and quarantine', () => {
  test('the same rows are the same version, other rows another', async () => {
    await test_.stores.predictions.log(target, many(5, prediction));
    const facts = { positives: 1, from: hour(0), to: hour(5), asOf: hour(5), holdoutFrom: hour(4) };
    const [a, b] = [
      await test_.stores.datasets.record(target, await read(), facts),
      await test_.stores.datasets.record(target, await read(), facts),
    ];
    expect(a).toEqual(b);
    const c = await test_.stores.datasets.record(target, await read({ to: hour(4) }), facts);
    expect(c.dataset).not.toBe(a.dataset);
    expect(a.dataset).toMatch(/^m\d+-[0-9a-f]{16}$/);
  });

  test('a row that is set aside twice for the same reason counts once', async () => {
    const row = { reason: 'conflict', path: 'x', message: 'y', predictionId: 'p' } as const;
    await test_.stores.quarantine.add(target, [row, row]);
    await test_.stores.quarantine.add(target, [row, { ...row, reason: 'invalid-value' }]);
    expect(await test_.stores.quarantine.count(target)).toEqual({ conflict: 1, 'invalid-value': 1 });
  });
});
