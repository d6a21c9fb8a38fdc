import fc from 'fast-check';
import { columnsOf } from '../../src/cli/replay/scoring';
import type { TrainingRows } from '../../src/contracts';
import {
  decodeTrainingCsv,
  encodeModel,
  encodeTrainingCsv,
  TrainingCsvError,
  trainLogisticRegression,
} from '../../src/models';
import { sampleRows } from '../support/streams';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const decode = (csv: string) => decodeTrainingCsv(Buffer.from(csv));
const rowsOf = (labels: number[], columns: Record<string, number[]>): TrainingRows => ({
  n: labels.length,
  labels: Uint8Array.from(labels),
  columns: new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
});

/** The bits of a column: NaN equals NaN, and minus zero is not zero. */
const bits = (values: Float64Array) =>
  [...new BigUint64Array(Float64Array.from(values).buffer)].map((bit) => bit.toString(16));

/** Finite numbers of any size, both zeros and missing values. */
const value = fc.oneof(
  fc.double({ noDefaultInfinity: true }),
  fc.constantFrom(0, -0, Number.NaN, 5e-324, -1.7976931348623157e308, 0.1 + 0.2, 1e21, 2 ** 53),
  fc.integer(),
);
const featureName = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', '\u2028', 'ü', '😀'), maxLength: 8 }),
  )
  .filter((name) => name !== 'label');
const anyRows = fc
  .record({ names: fc.uniqueArray(featureName, { maxLength: 5 }), n: fc.nat({ max: 30 }) })
  .chain(({ names, n }) =>
    fc.record({
      labels: fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }),
      columns: fc.constant(names),
      values: fc.array(fc.array(value, { minLength: n, maxLength: n }), {
        minLength: names.length,
        maxLength: names.length,
      }),
    }),
  )
  .map(({ labels, columns, values }) => ({
    n: labels.length,
    labels: Uint8Array.from(labels),
    columns: new Map(columns.map((name, index) => [name, Float64Array.from(values[index]!)] as const)),
  }));

test('the label first, features in ascending order, missing values empty, numbers by their shortest text', () => {
  const rows = rowsOf([1, 0, 1], { b: [0.1, Number.NaN, -0], a: [1e21, 5e-324, 2], 'x, "y"': [1, 2, Number.NaN] });
  expect(text(encodeTrainingCsv(rows))).toBe('label,a,b,"x, ""y"""\n1,1e+21,0.1,1\n0,5e-324,,2\n1,2,-0,\n');
});

test('what is read is what was written, bit by bit', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const read = decodeTrainingCsv(encodeTrainingCsv(rows));
      expect(read.n).toBe(rows.n);
      expect([...read.labels]).toEqual([...rows.labels]);
      expect([...read.columns.keys()]).toEqual([...rows.columns.keys()].sort());
      for (const [name, values] of rows.columns) expect(bits(read.columns.get(name)!)).toEqual(bits(values));
    }),
    { numRuns: 500 },
  );
});

test('more rows than are written at once', () => {
  const labels = Array.from({ length: 2_501 }, (_, row) => row % 2);
  const rows = rowsOf(labels, { x: labels.map((_, row) => row / 3) });
  const read = decodeTrainingCsv(encodeTrainingCsv(rows));
  expect(read).toEqual(rows);
});

test('a model trained on what was read is the model trained on the rows, byte for byte', () => {
  const sample = sampleRows().filter(({ ts }) => ts < '2011-08-01');
  const rows = { n: sample.length, columns: columnsOf(sample), labels: Uint8Array.from(sample, ({ label }) => label) };
  const trained = (from: TrainingRows) => text(encodeModel(trainLogisticRegression(from)));
  expect(trained(decodeTrainingCsv(encodeTrainingCsv(rows)))).toBe(trained(rows));
});

test.each([
  ['a feature called label', rowsOf([1], { label: [1] }), 'a feature is called "label"'],
  ['infinity', rowsOf([0, 1], { x: [1, Infinity] }), 'feature "x" is Infinity in row 1: expected a finite number'],
  ['minus infinity', rowsOf([0], { x: [-Infinity] }), 'feature "x" is -Infinity in row 0'],
])('%s is not written', (_, rows, why) => {
  expect(() => encodeTrainingCsv(rows)).toThrow(TrainingCsvError);
  expect(() => encodeTrainingCsv(rows)).toThrow(why);
});

test.each([
  ['ends of lines as RFC 4180 has them', 'label,x\r\n1,2\r\n0,\r\n'],
  ['no end of the last line', 'label,x\n1,2\n0,'],
  ['every field in quotes', '"label","x"\n"1","2"\n"0",""\n'],
  ['numbers with a point', 'label,x\n1.0,2.000\n0.0,\n'],
])('%s is read', (_, csv) => {
  expect(decode(csv)).toEqual(rowsOf([1, 0], { x: [2, Number.NaN] }));
});

test('the features may come in any order', () => {
  expect([...decode('label,b,a\n1,2,3\n').columns]).toEqual([
    ['b', Float64Array.of(2)],
    ['a', Float64Array.of(3)],
  ]);
});

test.each([
  ['nothing', '', 'the first column is missing: expected label'],
  ['no label', 'x,label\n1,2\n', 'the first column is "x": expected label'],
  ['a column twice', 'label,x,x\n1,2,3\n', 'column "x" is there twice'],
  ['the label twice', 'label,label\n1,2\n', 'column "label" is there twice'],
  ['a field too few', 'label,x,y\n1,2,3\n1,2\n', 'line 3 has 2 fields: expected 3'],
  ['an empty line', 'label,x\n1,2\n\n', 'line 3 has 1 fields: expected 2'],
  ['a label that is none', 'label,x\n2,1\n', 'line 2, column label is "2": expected 0 or 1'],
  ['a label that is missing', 'label,x\n,1\n', 'line 2, column label is "": expected 0 or 1'],
  ['a text', 'label,x\n1,cold\n', 'line 2, column "x" is "cold": expected a finite number'],
  ['a blank', 'label,x\n1, \n', 'line 2, column "x" is " "'],
  ['a number in another notation', 'label,x\n1,0x10\n', 'column "x" is "0x10"'],
  ['a number that is too large', 'label,x\n1,1e999\n', 'column "x" is "1e999"'],
  ['infinity', 'label,x\n1,Infinity\n', 'column "x" is "Infinity"'],
  ['a quote that stays open', 'label,"x\n1,2\n', 'line 1: a quote is opened and never closed'],
  ['text after a quote', 'label,x\n1,"2"3\n', 'line 2: "3" after "\\"2\\"": expected a comma'],
  ['a quote inside a field', 'label,x\n1,2"3"\n', 'line 2: "\\"" after "2": expected a comma'],
  ['a line after a name of two lines', 'label,"x\ny"\n1,2\n1,z\n', 'line 4, column "x\\ny" is "z"'],
])('%s is refused', (_, csv, why) => {
  expect(() => decode(csv)).toThrow(TrainingCsvError);
  expect(() => decode(csv)).toThrow(why);
});

test('bytes that are no text are refused', () => {
  expect(() => decodeTrainingCsv(Uint8Array.of(0x6c, 0xff, 0x0a))).toThrow('the bytes are no UTF-8');
});
