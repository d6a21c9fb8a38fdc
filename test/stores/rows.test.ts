import fc from 'fast-check';
import type { FeatureValue, NewPrediction, OutcomeRow, PredictionRow } from '../../src/contracts';
import type { Rows } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, newPrediction, prediction } from '../support/rows';

jest.setTimeout(200_000);

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const read = (target: ReturnType<typeof fresh>, change = {}) =>
  opened.stores.rows.read({ target, from: hour(0), to: hour(100_000), asOf: hour(100_000), features: true, ...change });

/** Everything of the rows, as plain values. */
function plain(rows: Rows): Record<string, unknown> {
  const { columns, texts, ...rest } = rows;
  const list = (value: unknown) => (ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value);
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, list(value)])),
    columns: [...columns].map(([name, values]) => [name, [...values]]),
    texts: [...texts].map(([name, { codes, names }]) => [name, Array.from(codes, (code) => names[code] ?? null)]),
  };
}

const value: fc.Arbitrary<FeatureValue> = fc.oneof(
  fc.integer(),
  fc.constantFrom('x', 'y'),
  fc.boolean(),
  fc.constant(null),
  fc.constant([1]),
);
const predictions = fc.uniqueArray(
  fc.record({
    k: fc.nat({ max: 20 }),
    hour: fc.nat({ max: 6 }),
    version: fc.nat({ max: 2 }),
    prediction: fc.constantFrom(0, 1, 2.5, null),
    a: value,
    b: value,
  }),
  { selector: ({ k }) => k, minLength: 1, maxLength: 15 },
);
const outcomes = fc.array(fc.record({ k: fc.nat({ max: 20 }), revision: fc.nat({ max: 2 }) }), { maxLength: 20 });
/** An outcome's body follows from its id and revision: those that stand in the store twice are the same. */
function outcomeOf({ k, revision }: { k: number; revision: number }): OutcomeRow {
  const kinds = [{ label: (revision % 2) as 0 | 1 }, { value: k + revision / 4 }, { relevance: [k, revision] }];
  return { predictionId: `p${k}`, labelTs: hour(24 + revision), revision, ...kinds[(k + revision) % 3] };
}

describe('reading', () => {
  test('predictions and outcomes give the same rows in whatever order and company they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        predictions,
        outcomes,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 4 }),
        async (deck, reports, dice, size) => {
          const rows = deck.map(({ k, hour: at, a, b, ...row }): PredictionRow => ({
            predictionId: `p${k}`,
            ts: hour(at),
            score: null,
            features: { a, b },
            ...row,
          }));
          const events = [...rows, ...reports.map(outcomeOf)];
          const [ordered, shuffled] = [fresh(), fresh()];
          await opened.stores.predictions.log(ordered, rows);
          await opened.stores.outcomes.log(ordered, reports.map(outcomeOf));
          const dealt = [...events, ...events.slice(0, 5)]
            .map((event) => ({ event, key: dice.next().value! }))
            .toSorted((x, y) => x.key - y.key);
          for (let start = 0; start < dealt.length; start += size) {
            const batch = dealt.slice(start, start + size).map(({ event }) => event);
            await opened.stores.predictions.log(
              shuffled,
              batch.filter((event) => 'ts' in event),
            );
            await opened.stores.outcomes.log(
              shuffled,
              batch.filter((event) => 'labelTs' in event),
            );
            if (start % 3 === 0) await opened.stores.labels.fold(shuffled);
          }
          for (const target of [ordered, shuffled]) await opened.stores.labels.fold(target);
          for (const change of [
            {},
            { asOf: hour(25), labelledOnly: true },
            { servedOnly: true, versions: [1], from: hour(2), to: hour(5) },
          ]) {
            expect(plain(await read(shuffled, change))).toEqual(plain(await read(ordered, change)));
          }
          const all = await read(ordered);
          expect(all.ids).toEqual(
            rows
              .toSorted((x, y) => (x.ts < y.ts ? -1 : x.ts > y.ts ? 1 : x.predictionId < y.predictionId ? -1 : 1))
              .map(({ predictionId }) => predictionId),
          );
        },
      ),
      { numRuns: 25, seed: 5 },
    );
  });

  test('the outcome of a number or a ranking stands beside its row', async () => {
    const target = fresh();
    await opened.stores.predictions.log(target, many(4, prediction));
    await opened.stores.outcomes.log(target, [
      { predictionId: 'p00000', labelTs: hour(24), value: 2.5 },
      { predictionId: 'p00001', labelTs: hour(25), relevance: [3, 0, 0.5] },
      { predictionId: 'p00002', labelTs: hour(26), label: 1, value: 7 },
    ]);
    await opened.stores.labels.fold(target);
    const rows = await read(target);
    expect([...rows.label]).toEqual([254, 254, 1, 255]);
    expect([...rows.value]).toEqual([2.5, Number.NaN, 7, Number.NaN]);
    expect(rows.relevance).toEqual([null, [3, 0, 0.5], null, null]);
    expect((await read(target, { labelledOnly: true })).n).toBe(1);
    expect((await read(target, { asOf: hour(24) })).relevance).toBeNull();
    expect(await opened.stores.rows.find(target, 'p00001')).toMatchObject({
      label: null,
      value: null,
      relevance: [3, 0, 0.5],
      revision: 0,
    });
    expect(await opened.stores.rows.find(target, 'p00002')).toMatchObject({
      label: 1,
      value: 7,
      relevance: null,
      labelTs: hour(26),
    });
    expect(await opened.stores.rows.find(target, 'p00003')).toMatchObject({
      label: null,
      value: null,
      relevance: null,
      labelTs: null,
      revision: null,
    });
  });

  test('outcomes of minted ids find their rows', async () => {
    const target = fresh();
    const { ids } = await opened.stores.predictions.log(
      target,
      many(3, (k) => newPrediction(k)),
    );
    await opened.stores.outcomes.log(
      target,
      ids.map((id, k) => ({ predictionId: id!, label: (k % 2) as 0 | 1, labelTs: hour(k + 24) })),
    );
    await opened.stores.labels.fold(target);
    expect([...(await read(target)).label]).toEqual([0, 1, 0]);
    expect(await opened.stores.rows.find(target, ids[1]!)).toMatchObject({ label: 1, labelTs: hour(25) });
    expect(await opened.stores.labels.countPending(target)).toBe(0);
  });
});

describe('features', () => {
  const odd = ['a.b', '$set', '__proto__', '', 'constructor', 'toString', '$$this.name', 'a\0b'];

  test.each(['minted', 'named'])('names that mean something elsewhere are names here, %s', async (how) => {
    const target = fresh();
    const features = Object.fromEntries([
      ...odd.map((name, k) => [name, k]),
      ...odd.map((name) => [`${name}-text`, name]),
    ]);
    const rows: NewPrediction[] = many(2, (k) => ({
      ...(how === 'named' ? prediction(k) : newPrediction(k)),
      features,
    }));
    rows.push(newPrediction(2, { features: {} }));
    const { ids } = await opened.stores.predictions.log(target, rows);
    const found = (await opened.stores.rows.find(target, ids[0]!))!.features as Record<string, unknown>;
    expect(Object.entries(found).toSorted()).toEqual(Object.entries(features).toSorted());
    expect((await opened.stores.rows.find(target, ids[2]!))!.features).toEqual({});
    const { columns, texts } = await read(target);
    expect([...columns.keys()]).toEqual(odd.toSorted());
    for (const [k, name] of odd.entries()) {
      expect([...columns.get(name)!]).toEqual([k, k, Number.NaN]);
      expect(texts.get(`${name}-text`)).toEqual({ names: [name], codes: Int32Array.of(0, 0, -1) });
      const one = await read(target, { features: [name] });
      expect([...one.columns.keys()]).toEqual([name]);
    }
  });

  test('only those asked for come', async () => {
    const target = fresh();
    await opened.stores.predictions.log(target, [newPrediction(0, { features: { a: 1, b: 'x', c: 2 } })]);
    const { columns, texts } = await read(target, { features: ['b', 'c', 'absent'] });
    expect([[...columns.keys()], [...texts.keys()]]).toEqual([['c'], ['b']]);
    const none = await read(target, { features: false });
    expect([none.columns.size, none.texts.size]).toEqual([0, 0]);
  });

  test('a feature that is a number here and a text there is both, however the rows lie in segments', async () => {
    const [together, apart] = [fresh(), fresh()];
    const rows = many(4, (k) => prediction(k, { features: { f: [1, 'x', true, [2]][k]! } }));
    await opened.stores.predictions.log(together, rows);
    for (const row of rows) await opened.stores.predictions.log(apart, [row]);
    const found = plain(await read(together));
    expect(found).toMatchObject({
      columns: [['f', [1, Number.NaN, 1, Number.NaN]]],
      texts: [['f', [null, 'x', null, null]]],
    });
    expect(plain(await read(apart))).toEqual(found);
  });

  test('a feature that only rows outside the interval have is not there', async () => {
    const target = fresh();
    await opened.stores.predictions.log(target, [
      newPrediction(0, { features: { a: 1, t: 'x' } }),
      newPrediction(5, { features: { b: 1, t: 'y' } }),
    ]);
    const { columns, texts } = await read(target, { from: hour(5) });
    expect([...columns.keys()]).toEqual(['b']);
    expect(texts.get('t')).toEqual({ names: ['y'], codes: Int32Array.of(0) });
  });
});

test('without ids the order is the same, also where rows of several segments have one time', async () => {
  const target = fresh();
  for (const offset of [2, 0, 1]) {
    await opened.stores.predictions.log(
      target,
      many(30, (k) => prediction(3 * k + offset, { ts: hour(k % 3), features: { x: 3 * k + offset } })),
    );
  }
  await opened.stores.predictions.log(
    target,
    many(5, (k) => newPrediction(1, { features: { x: 1_000 + k } })),
  );
  const [wanted, unwanted] = [await read(target), await read(target, { ids: false })];
  expect(unwanted.ids).toEqual([]);
  expect([...unwanted.columns.get('x')!]).toEqual([...wanted.columns.get('x')!]);
  expect(wanted.ids.slice(0, 4)).toEqual(['p00000', 'p00001', 'p00002', 'p00009']);
});
