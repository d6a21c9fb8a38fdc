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
  mean: {
    temp: 0.678580586080586,
    hum: 0.6310897435897436,
    windspeed: 0.17780989010989012,
    workingday: 0.6923076923076923,
    weathersit: 1.2971611721611722,
    hourSin1: 0.0,
    hourCos1: 0.0,
    hourSin2: 0.0,
    hourCos2: 0.0,
    rush: 0.11538461538461539,
  },
  scale: {
    temp: 0.11586116450282014,
    hum: 0.18393865239129048,
    windspeed: 0.10599598972641919,
    workingday: 0.46153846153846156,
    weathersit: 0.5596892122567441,
    hourSin1: 0.7071067720308111,
    hourCos1: 0.7071067720308111,
    hourSin2: 0.70710661634226,
    hourCos2: 0.70710661634226,
    rush: 0.31948553318915673,
  },
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
  mean: {
    temp: 0.4374805378627035,
    hum: 0.6867799009200284,
    windspeed: 0.17410368011323424,
    workingday: 0.6744515215852795,
    weathersit: 1.443029016277424,
    hourSin1: 0.0013623793347487608,
    hourCos1: -0.0006774706298655344,
    hourSin2: 0.0048337756546355274,
    hourCos2: 0.0009667551309271054,
    rush: 0.11252653927813164,
  },
  scale: {
    temp: 0.10263834057492344,
    hum: 0.18240907447920737,
    windspeed: 0.1270533836369763,
    workingday: 0.46857941335122777,
    weathersit: 0.6806723268708829,
    hourSin1: 0.7067635759482013,
    hourCos1: 0.7074481652769129,
    hourSin2: 0.7068398294141082,
    hourCos2: 0.7073561262202173,
    rush: 0.3160131599098663,
  },
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
])('%s has the mean, scale and coefficients of scikit-learn to 1e-4', (_, expected, n, wanted) => {
  const rows = sampleRows().filter(wanted);
  expect(rows).toHaveLength(n);
  const model = train(rows);
  expect(model.trainedRows).toBe(n);
  expect(model.features.map(({ name }) => name).sort()).toEqual(Object.keys(expected.coefficients).sort());
  model.features.forEach(({ name, mean, scale }, index) => {
    const feature = name as 'temp';
    expect(Math.abs(mean - expected.mean[feature])).toBeLessThan(1e-4);
    expect(Math.abs(scale - expected.scale[feature])).toBeLessThan(1e-4);
    expect(Math.abs(model.coefficients[index]! - expected.coefficients[feature])).toBeLessThan(1e-4);
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
  ['{"format":"loopwright/logistic-regression@1","features":[],"coefficients":[],"intercept":0}', 'trainedRows'],
])('%s is no model: %s', (text, words) => {
  expect(() => decodeModel(new TextEncoder().encode(text))).toThrow(ModelFormatError);
  expect(() => decodeModel(new TextEncoder().encode(text))).toThrow(words);
});

test('what is wrong with a model is named by path and value', () => {
  const text = '{"format":"loopwright/logistic-regression@1","features":[],"coefficients":[],"intercept":"0"}';
  const decode = () => decodeModel(new TextEncoder().encode(text));
  expect(decode).toThrow(expect.objectContaining({ path: 'intercept', value: '0' }));
});

test('values beyond all measure give no NaN: a column whose variance overflows is dropped, a score stays a number', () => {
  const huge = trainLogisticRegression({ columns: columns([1e308, -1e308, 3, 4], [1, 2, 3, 4]), labels: [0, 1, 0, 1] });
  expect(huge.features.map(({ name }) => name)).toEqual(['x1']);
  const model = trainLogisticRegression({ columns: columns([1, 2, 3, 4], [9, 7, 1, 3]), labels: [0, 0, 1, 1] });
  const steep = { ...model, coefficients: [5, 5] };
  expect(scoreRows(steep, columns([1e308], [-1e308]), 1).every((score) => score >= 0 && score <= 1)).toBe(true);
});
