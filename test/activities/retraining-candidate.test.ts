import { candidateOf, recordOf } from '../../activities/retraining-candidate';
import { failureTypes } from '../../src/contracts';
import type { RetrainSpec } from '../../src/contracts';
import { parseWith, retrainSpecSchema } from '../../src/schemas';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { modelBytes } from '../support/models';
import { logisticOnnx } from '../support/onnx';
import { hour } from '../support/rows';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const specOf = (policy: object): RetrainSpec =>
  parseWith(
    retrainSpecSchema,
    {
      ...{ model: 'm', environment: 'production', key: 'm/1', at: hour(0), reasons: ['a test'] },
      ...{ metric: 'accuracy', labelMaturity: '1d', policy: { lookback: '10d', ...policy } },
      experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    },
    'spec',
  );
const pipeline = { name: 'nightly', rows: '/data/rows.csv', model: 'train.model' };
const byPipeline = specOf({ pipeline });
const numbers = (...names: string[]) => names.map((name) => ({ name, type: 'number' }));
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const remote = { format: 'loopwright/remote-scorer@1', url: 'https://scores.example.com/v1', features: ['b', 'a'] };

test.each([
  ['a model of ours, with its own features', modelBytes(1), 'loopwright/logistic-regression@1', []],
  ['a remote scorer, with its own features', json(remote), 'loopwright/remote-scorer@1', numbers('a', 'b')],
  ['ONNX, with the columns of the rows', logisticOnnx([1, 2], 0), 'onnx', numbers('x', 'y')],
])('of a pipeline, %s', async (_, bytes, format, signature) => {
  const facts = { trainer: 'pipeline:nightly', format, signature };
  expect(recordOf(byPipeline, bytes, ['y', 'x'])).toEqual(facts);
  const artifact = await opened.stores.artifacts.put(bytes);
  expect(await candidateOf(opened.stores, byPipeline, artifact, ['y', 'x'])).toEqual({ artifact, ...facts });
});

const ACCEPTED = 'expected JSON of loopwright/logistic-regression@1 or loopwright/remote-scorer@1, or ONNX';

test.each([
  ['bytes that say nothing', Buffer.from('abc'), `bytes of an unknown format (616263 …); ${ACCEPTED}`],
  ['no bytes', Buffer.alloc(0), `no bytes at all; ${ACCEPTED}`],
  ['a pickle', Buffer.from('80049503000000000000004b012e', 'hex'), ACCEPTED],
  ['JSON of another format', json({ format: 'x@1' }), 'format of the model is "x@1": expected loopwright/logistic'],
  ['a model with a hole', json({ format: 'loopwright/logistic-regression@1' }), 'features of the model is missing'],
])('%s of a pipeline cannot be scored, for good', async (_, bytes, why) => {
  const artifact = await opened.stores.artifacts.put(bytes);
  const refusal = {
    message: expect.stringContaining('train.model of pipeline nightly is no model that can be scored: ') as string,
    type: failureTypes.trainingRefused,
    nonRetryable: true,
  };
  await expect(candidateOf(opened.stores, byPipeline, artifact, ['x'])).rejects.toMatchObject(refusal);
  expect(() => recordOf(byPipeline, bytes, ['x'])).toThrow(why);
});

test('of a trainer, its own bytes are scored by it, whatever they are', async () => {
  const spec = specOf({ trainer: 'mine' });
  expect(await candidateOf(opened.stores, spec, 'digest', ['x'])).toEqual({ trainer: 'mine', artifact: 'digest' });
  expect(recordOf(spec, Buffer.from('abc'), ['y', 'x'])).toEqual({
    ...{ trainer: 'mine', format: 'stage' },
    signature: numbers('x', 'y'),
  });
});
