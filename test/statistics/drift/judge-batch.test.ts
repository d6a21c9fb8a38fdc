import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { driftReference, judgeBatch } from '../../../src/statistics';
import type { BatchDrift, DriftHistory, DriftTable, JudgedInBatch } from '../../../src/statistics';
import { RandomStream } from '../../../src/statistics/random-stream';

function normals(rows: number, seed: number, shift = 0): Float64Array {
  const random = new RandomStream(seed);
  const one = () => Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
  return Float64Array.from({ length: rows }, () => one() + shift);
}

/** Ten features of one law; the first may be shifted. */
const tenNormals = (rows: number, seed: number, shift = 0): DriftTable =>
  Object.fromEntries(
    Array.from({ length: 10 }, (_, k) => [`x${k}`, normals(rows, 100 * seed + k, k === 0 ? shift : 0)]),
  );

const feature = (batch: BatchDrift, name: string) => batch.features.find((each) => each.feature === name)!;
const judged = (batch: BatchDrift, name: string) => feature(batch, name) as JudgedInBatch;

describe('a flag', () => {
  const reference = driftReference(tenNormals(2_000, 1), { version: 'v1' });

  test('needs an adjusted p below α and an effect that reaches the floor', () => {
    const batch = judgeBatch(reference, tenNormals(2_000, 2, 0.5));
    expect(judged(batch, 'x0')).toMatchObject({ significant: true, isLarge: true, flagged: true, state: 'possible' });
    expect(batch).toMatchObject({
      state: 'possible',
      flaggedFeatures: ['x0'],
      driftDetected: false,
      referenceVersion: 'v1',
    });
    // p is 1e-5, but a shift of .15 σ is small.
    const small = judgeBatch(reference, tenNormals(2_000, 3, 0.17));
    expect(judged(small, 'x0')).toMatchObject({ significant: true, isLarge: false, flagged: false, state: 'stable' });
    expect(judged(judgeBatch(reference, tenNormals(2_000, 3, 0.17), { features: { x0: { floor: 0.03 } } }), 'x0').flagged).toBe(true); // prettier-ignore
  });

  test('depends on how many features there are, as the adjustment says', () => {
    const current = tenNormals(2_000, 2, 0.5);
    const adjustedBy = (adjustment: 'none' | 'holm' | 'bonferroni' | 'benjamini-hochberg') =>
      judged(judgeBatch(reference, current, { adjustment }), 'x3');
    const plain = adjustedBy('none');
    expect(plain.adjustedPValue).toBe(plain.pValue);
    expect(adjustedBy('bonferroni').adjustedPValue).toBeCloseTo(Math.min(1, 10 * plain.pValue), 12);
    expect(adjustedBy('benjamini-hochberg').adjustedPValue).toBeGreaterThan(plain.pValue);
    expect(adjustedBy('benjamini-hochberg').adjustedPValue).toBeLessThanOrEqual(adjustedBy('holm').adjustedPValue);
  });
});

test('two batches in a row are a drift, and the history between them is JSON', () => {
  const reference = driftReference(tenNormals(1_000, 1), { version: 'v1' });
  let history: DriftHistory = {};
  const states = [0, 0.6, 0, 0.6, 0.6, 0, 0].map((shift, day) => {
    const batch = judgeBatch(reference, tenNormals(1_000, 10 + day, shift), { history });
    history = JSON.parse(JSON.stringify(batch.history)) as DriftHistory;
    expect(batch.driftDetected).toBe(batch.state === 'drift');
    expect(batch.driftFeatures).toEqual(batch.state === 'drift' ? ['x0'] : []);
    return batch.state;
  });
  expect(states).toEqual(['stable', 'possible', 'possible', 'possible', 'drift', 'possible', 'stable']);
  expect(history.x0).toEqual([false, false]);
});

test('a creep of .02 σ a day is found, because the reference stays what it was', () => {
  const reference = driftReference({ x: normals(2_000, 1) }, { version: 'accepted' });
  const before = JSON.stringify(reference);
  let history: DriftHistory = {};
  const alarms: number[] = [];
  for (let day = 1; day <= 60; day += 1) {
    const batch = judgeBatch(reference, { x: normals(500, 50 + day, 0.02 * day) }, { history });
    history = batch.history;
    if (batch.driftDetected) alarms.push(day);
  }
  // At .25 σ D is .1: around the thirteenth day, and from then on for good.
  expect(alarms[0]).toBeGreaterThan(8);
  expect(alarms[0]).toBeLessThan(25);
  expect(alarms.slice(-20)).toEqual(Array.from({ length: 20 }, (_, k) => 41 + k));
  expect(JSON.stringify(reference)).toBe(before);
});

test('batches like the reference hardly ever alarm', () => {
  const reference = driftReference(tenNormals(1_000, 1), { version: 'v1' });
  let history: DriftHistory = {};
  let [flags, alarms, seedAlarms] = [0, 0, 0];
  for (let day = 0; day < 40; day += 1) {
    const current = tenNormals(200, 500 + day);
    const batch = judgeBatch(reference, current, { history });
    history = batch.history;
    flags += batch.flaggedFeatures.length;
    if (batch.driftDetected) alarms += 1;
    if (judgeBatch(reference, current, { mode: 'seed' }).driftDetected) seedAlarms += 1;
  }
  expect(flags).toBeLessThanOrEqual(5);
  expect(alarms).toBe(0);
  // The seed's rule on ten features: 1 − .95¹⁰ = 40 %.
  expect(seedAlarms).toBeGreaterThan(8);
  expect(seedAlarms).toBeLessThan(25);
});

describe("the seed's rule", () => {
  const { cases } = JSON.parse(readFileSync(join(__dirname, '../../vectors/seed-cases.json'), 'utf8')) as {
    cases: any[];
  };
  const asked = cases.filter(({ system, fn }) => system === 'DataDriftMonitor' && fn === 'detectDrift');
  /** Rows to columns, named by their place. */
  const columnsOf = (rows: number[][]): DriftTable =>
    Object.fromEntries(rows[0]!.map((_, k) => [String(k), rows.map((row) => row[k]!)]));

  test.each(asked.map((entry) => [entry.name as string, entry]))('%s', (_name, { input, expected, tolerance }) => {
    const reference = driftReference(columnsOf(input.reference), { version: 'seed' });
    const batch = judgeBatch(reference, columnsOf(input.current), { mode: 'seed', alpha: input.threshold });
    expect(batch.driftDetected).toBe(expected.driftDetected);
    expect(batch.driftFeatures.map(Number)).toEqual(expected.driftFeatures);
    batch.features.forEach((each, k) => {
      const { statistic, p } = expected.details[k] as { statistic: number; p: number };
      const slack = (of: number) => (tolerance.rel as number) * of + (tolerance.abs as number);
      const { statistic: found, pValue } = each as JudgedInBatch;
      expect(Math.abs(found - statistic)).toBeLessThanOrEqual(slack(statistic));
      expect(Math.abs(pValue - p)).toBeLessThanOrEqual(slack(p));
    });
  });

  test('takes no floor, no adjustment and no second batch, and numbers only', () => {
    const reference = driftReference({ x: normals(5_000, 1), plan: ['a', 'b'] }, { version: 'v1' });
    const batch = judgeBatch(reference, { x: normals(5_000, 2, 0.08), plan: ['c'] }, { mode: 'seed' });
    expect(batch).toMatchObject({
      state: 'drift',
      driftFeatures: ['x'],
      unjudgedFeatures: ['plan'],
      adjustment: 'none',
    });
    expect(judged(batch, 'x').statistic).toBeLessThan(0.1);
    expect(feature(batch, 'plan').status).toBe('not-numeric');
  });
});

test('columns that come, go or hold nothing are told, and the others judged', () => {
  const reference = driftReference({ x: [1, 2, 3], y: [1, 2, 3], z: ['a', 'b'] }, { version: 'v1' });
  const history = { x: [true, true], y: [true], gone: [true] };
  const batch = judgeBatch(reference, { y: [1, 2, 3], z: [null], w: [1], bad: 'text' }, { history });
  expect(batch.features.map(({ feature: name, status }) => [name, status])).toEqual([
    ['x', 'missing-column'],
    ['y', 'ok'],
    ['z', 'no-current-values'],
    ['w', 'new-column'],
    ['bad', 'wrong-type'],
  ]);
  expect(batch.unjudgedFeatures).toEqual(['x', 'z', 'w', 'bad']);
  // What was drifting and then went missing has not recovered.
  expect(feature(batch, 'x').state).toBe('drift');
  expect(batch.history).toEqual({ x: [true, true], y: [true, false] });
});

test('features may be called anything', () => {
  const names = ['__proto__', 'constructor', '', 'toString'];
  const table = Object.create(null) as Record<string, number[]>;
  names.forEach((name) => (table[name] = [1, 2, 3]));
  const reference = driftReference(table, { version: 'v1' });
  expect(judgeBatch(reference, {}).features.map(({ status }) => status)).toEqual(names.map(() => 'missing-column'));
  const batch = judgeBatch(reference, table, { history: {} });
  expect(batch.features.map(({ status }) => status)).toEqual(names.map(() => 'ok'));
  expect(Object.keys(batch.history)).toEqual(names);
  const history = JSON.parse(JSON.stringify(batch.history)) as DriftHistory;
  expect(Object.values(judgeBatch(reference, table, { history }).history)).toEqual(names.map(() => [false, false]));
});

test('no batch makes it throw, and every answer is JSON', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.integer(),
  );
  const encoded = fc.record({ codes: fc.uint8Array({ maxLength: 12 }), names: fc.array(fc.option(fc.string()), { maxLength: 6 }) }); // prettier-ignore
  const column = fc.oneof(fc.array(cell, { maxLength: 12 }), fc.array(fc.double(), { maxLength: 12 }), fc.float64Array({ maxLength: 12 }), encoded, fc.anything()); // prettier-ignore
  const accepted = driftReference(
    { a: normals(40, 1), b: ['x', 'y', 'x'], c: [null], d: [0, 1, 0, 1, 1, 0, 0, 1, 0, 1] },
    { version: 'v1' },
  );
  const before = JSON.stringify(accepted);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), column), (current) => {
      const batch = judgeBatch(accepted, current as DriftTable, { repetitions: 199 });
      expect(JSON.stringify(batch)).not.toMatch(/:(NaN|-?Infinity)/);
      expect(JSON.stringify(accepted)).toBe(before);
      for (const each of batch.features) if (each.status === 'ok') expect(each.pValue).toBeGreaterThan(0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('options out of range are refused by name', () => {
  const reference = driftReference({ x: [1, 2, 3] }, { version: 'v1' });
  const ask = (options: object) => () => judgeBatch(reference, {}, options);
  expect(ask({ alpha: 1 })).toThrow('alpha is 1');
  expect(() => judgeBatch(reference, null as never)).toThrow('current is null');
  expect(ask({ mode: 'strict' })).toThrow('mode is "strict"');
  expect(ask({ adjustment: 'bh' })).toThrow('adjustment is "bh"');
  expect(ask({ hysteresis: { flags: 3, of: 2 } })).toThrow('hysteresis is 3 of 2');
  expect(ask({ features: { y: {} } })).toThrow('features names "y"');
  expect(ask({ features: { x: { method: 'psi' } } })).toThrow('method of x is "psi"');
});
