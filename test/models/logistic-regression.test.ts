import { columnsOf } from '../../src/cli/replay/scoring';
import {
  decodeModel,
  encodeModel,
  ModelFormatError,
  predictLabels,
  scoreRows,
  trainLogisticRegression,
} from '../../src/models';
import type { StreamRow } from '../../src/schemas';
import { sampleRows } from '../support/streams';

/** scikit-learn 1.9.1, LogisticRegression(C=1) on standardised features of the sample stream. */
const FIRST = {
  coefficients: {
    temp: -0.15337795398804333,
    hum: -0.3464765959994709,
    windspeed: -0.07194958177322595,
    workingday: -0.8163097051775203,
    weathersit: -0.27140257774103993,
    hourSin1: -3.264430596161083,
    hourCos1: -2.678677655712595,
    hourSin2: -1.8300687178095747,
    hourCos2: -0.9352728977571296,
    rush: 2.2112860939362577,
  },
  intercept: -2.083159888530234,
};
const REFIT = {
  coefficients: {
    temp: 0.6134257730280495,
    hum: -0.5115237438243306,
    windspeed: -0.13225853865885132,
    workingday: -0.3170956549633106,
    weathersit: -0.5059775706856178,
    hourSin1: -1.1570365057135223,
    hourCos1: -2.222192301322643,
    hourSin2: -0.8642350230297705,
    hourCos2: -1.1036564013600867,
    rush: 1.0603822182351192,
  },
  intercept: -2.474214482600694,
};

const train = (rows: readonly StreamRow[]) =>
  trainLogisticRegression({ columns: columnsOf(rows), labels: rows.map(({ label }) => label) });

test.each([
  ['the first model', FIRST, 2184, (row: StreamRow) => row.ts >= '2011-05-02' && row.ts < '2011-08-01'],
  [
    'the first refit',
    REFIT,
    1413,
    (row: StreamRow) => row.ts >= '2011-10-03' && row.ts < '2011-12-05' && row.labelTs <= '2011-12-05T00:00:00Z',
  ],
])('%s has the coefficients of scikit-learn to 1e-4', (_, expected, n, wanted) => {
  const rows = sampleRows().filter(wanted);
  expect(rows).toHaveLength(n);
  const model = train(rows);
  expect(model.trainedRows).toBe(n);
  expect(model.features.map(({ name }) => name).sort()).toEqual(Object.keys(expected.coefficients).sort());
  model.features.forEach(({ name }, index) => {
    expect(Math.abs(model.coefficients[index]! - expected.coefficients[name as 'temp'])).toBeLessThan(1e-4);
  });
  expect(Math.abs(model.intercept - expected.intercept)).toBeLessThan(1e-4);
});

const columns = (...given: number[][]) =>
  new Map(given.map((values, index) => [`x${index}`, Float64Array.from(values)]));

test('one class and too few rows are refused with the counts', () => {
  expect(() => trainLogisticRegression({ columns: columns([1, 2, 3]), labels: [1, 1, 1] })).toThrow(
    '3 of 3 labels are 1',
  );
  expect(() => trainLogisticRegression({ columns: columns([1]), labels: [1] })).toThrow('1 rows');
});

test('a constant feature does no harm, a missing value is taken for the mean, an empty column is dropped', () => {
  const [x, constant, empty] = [
    [1, 2, Number.NaN, 4, 5],
    [7, 7, 7, 7, 7],
    [NaN, NaN, NaN, NaN, NaN],
  ];
  const model = trainLogisticRegression({ columns: columns(x, constant, empty), labels: [0, 0, 1, 1, 0] });
  expect(model.features).toMatchObject([
    { name: 'x0', mean: 3 },
    { name: 'x1', mean: 7, scale: 1 },
  ]);
  expect(model.coefficients[1]).toBe(0);
  expect(model.coefficients.every(Number.isFinite)).toBe(true);
});

test('separable data converge: the penalty keeps the weights finite', () => {
  const model = trainLogisticRegression({ columns: columns([-2, -1, 1, 2]), labels: [0, 0, 1, 1] });
  expect(predictLabels(scoreRows(model, columns([-3, 3]), 2))).toEqual(Uint8Array.from([0, 1]));
});

test('a model survives its bytes, and the same data give the same bytes', () => {
  const model = train(sampleRows().slice(0, 500));
  expect(decodeModel(encodeModel(model))).toEqual(model);
  expect(Buffer.from(encodeModel(train(sampleRows().slice(0, 500))))).toEqual(Buffer.from(encodeModel(model)));
});

test('a missing column scores as the mean, an unknown one is left out', () => {
  const model = trainLogisticRegression({ columns: columns([1, 2, 3, 4]), labels: [0, 1, 0, 1] });
  const atMean = 1 / (1 + Math.exp(-model.intercept));
  expect(scoreRows(model, new Map(), 2)[1]).toBeCloseTo(atMean, 12);
  expect(scoreRows(model, new Map([['other', [9]]]), 1)[0]).toBeCloseTo(atMean, 12);
});

test.each([
  ['not json', 'no JSON'],
  ['null', 'format'],
  ['{"format":"pickle"}', 'format of the model is "pickle"'],
  [
    '{"format":"loopwright/logistic-regression@1","features":[{"name":"x","mean":0,"scale":0}],"coefficients":[1],"intercept":0}',
    'features.0.scale',
  ],
  [
    '{"format":"loopwright/logistic-regression@1","features":[],"coefficients":[1],"intercept":0}',
    'coefficients.length',
  ],
  ['{"format":"loopwright/logistic-regression@1","features":[],"coefficients":[],"intercept":"0"}', 'intercept'],
])('%s is no model: %s', (text, words) => {
  expect(() => decodeModel(new TextEncoder().encode(text))).toThrow(ModelFormatError);
  expect(() => decodeModel(new TextEncoder().encode(text))).toThrow(words);
});
