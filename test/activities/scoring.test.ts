import { Scoring } from '../../activities/scoring';
import type { ScoredVersion, Scorers } from '../../activities/scoring';
import { DeliveryError } from '../../src/adapters/http';
import { createRemoteScorer } from '../../src/adapters/remote-scorer';
import { failureTypes } from '../../src/contracts';
import type { Stage } from '../../src/contracts';
import { encodeModel, logisticRegressionStage } from '../../src/models';
import { ArtifactCorruptError } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { startReceiver } from '../support/receiver';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const rows = { n: 2, columns: new Map([['x', Float64Array.from([0, 2])]]) };
const model = encodeModel({
  format: 'loopwright/logistic-regression@1',
  features: [{ name: 'x', mean: 0, scale: 1 }],
  coefficients: [1],
  intercept: 0,
  trainedRows: 2,
});
const scores = [0.5, 1 / (1 + Math.exp(-2))];

/** A trainer of the user's own: its score is the length of its bytes in tenths. */
const own: Stage = {
  train: () => Promise.resolve(new Uint8Array(3)),
  score: (artifact, { n }) => Promise.resolve(new Float64Array(n).fill(artifact.length / 10)),
};
const stages = { 'logistic-regression': logisticRegressionStage, mine: own };

async function version(bytes: Uint8Array, fields: Omit<ScoredVersion, 'artifact'>): Promise<ScoredVersion> {
  return { artifact: await opened.stores.artifacts.put(bytes), ...fields };
}

const score = (scored: ScoredVersion, scorers?: Scorers) =>
  new Scoring(opened.stores.artifacts, stages, scorers).score(scored, rows);

test.each([
  ['by its format', 'loopwright/logistic-regression@1', 'nobody’s'],
  ['by its trainer, as an earlier release registered it', undefined, 'logistic-regression'],
  ['by its trainer, as a retraining registers it', 'stage', 'logistic-regression'],
] as const)('our own model is scored %s', async (_, format, trainer) => {
  const scored = await score(await version(model, { format, trainer }));
  scores.forEach((expected, row) => expect(scored[row]).toBeCloseTo(expected, 12));
});

test.each([['stage'], [undefined]] as const)('bytes of a user’s trainer go to it, format %s', async (format) => {
  expect([...(await score(await version(Buffer.from('abc'), { format, trainer: 'mine' })))]).toEqual([0.3, 0.3]);
});

test('our own format inside a trainer of the user’s is not taken from it', async () => {
  const scored = await score(await version(model, { format: 'stage', trainer: 'mine' }));
  expect([...scored]).toEqual([model.length / 10, model.length / 10]);
});

test('an ONNX model goes to the ONNX scorer with its signature', async () => {
  const signature = [{ name: 'x', type: 'number' as const }];
  const asked: unknown[] = [];
  const onnx = {
    score: (...input: unknown[]) => {
      asked.push(...input);
      return Promise.resolve(Float64Array.from([0.1, 0.2]));
    },
  };
  const bytes = Buffer.from('onnx');
  const scored = await score(await version(bytes, { format: 'onnx', trainer: 'onnx', signature }), { onnx });
  expect([...scored]).toEqual([0.1, 0.2]);
  expect(asked).toEqual([bytes, signature, rows]);
});

describe('a remote scorer', () => {
  const remote = (url: string) =>
    version(Buffer.from(JSON.stringify({ format: 'loopwright/remote-scorer@1', url, features: ['x'] })), {
      format: 'loopwright/remote-scorer@1',
      trainer: 'remote-scorer',
    });

  test('is asked where the worker lists its host', async () => {
    const receiver = await startReceiver((response) => response.end('{"scores":[0.25,0.75]}'));
    const hosts = [{ host: receiver.host, private: true }];
    const scored = await score(await remote(receiver.url), { remote: createRemoteScorer(hosts) });
    expect([...scored]).toEqual([0.25, 0.75]);
    expect(JSON.parse(receiver.received[0]!.body)).toEqual({ rows: [[0], [2]] });
    await receiver.close();
  });

  test('on a host that no worker lists fails for good', async () => {
    const failure = { nonRetryable: true, type: failureTypes.invalidSpec };
    await expect(score(await remote('https://scores.example.com/'))).rejects.toMatchObject(failure);
    await expect(score(await remote('https://scores.example.com/'))).rejects.toThrow('is no host of a remote scorer');
  });

  test('that is not reached is asked again', async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const hosts = [{ host: receiver.host, private: true }];
    const asked = score(await remote(receiver.url), { remote: createRemoteScorer(hosts) });
    await expect(asked).rejects.toThrow(DeliveryError);
    await expect(asked).rejects.toMatchObject({ nonRetryable: false });
  });
});

test.each([
  ['bytes that are not of their format', 'loopwright/logistic-regression@1', 'logistic-regression', 'no JSON'],
  ['a trainer that the worker does not have', 'stage', 'theirs', 'trainer is "theirs": expected one of logistic-regr'],
] as const)('%s fail for good', async (_, format, trainer, words) => {
  const scored = score(await version(Buffer.from('no model'), { format, trainer }));
  await expect(scored).rejects.toThrow(words);
  await expect(scored).rejects.toMatchObject({ nonRetryable: true, type: failureTypes.invalidSpec });
});

test('bytes that were altered are not scored with', async () => {
  const altered = await version(Buffer.from('altered'), { trainer: 'mine' });
  await opened.db
    .collection('artifacts.chunks')
    .updateOne({ files_id: altered.artifact }, { $set: { data: Buffer.from('Altered') } });
  await expect(score(altered)).rejects.toThrow(ArtifactCorruptError);
});
