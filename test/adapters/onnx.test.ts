import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createOnnxScorer, OnnxRuntimeMissingError } from '../../src/adapters/onnx';
import { logisticOnnx, message, onnxModel, port, softmaxOnnx } from '../support/onnx';
import type { OnnxOutcome, OnnxTask } from '../support/onnx-child';

const names = ['a', 'b'];
const signature = names.map((name) => ({ name, type: 'number' as const }));
const columns = { b: [0, 1, -2], a: [0, 0.5, 4], c: [9, 9, 9] };
const rows = {
  n: 3,
  columns: new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
};
const [weights, bias] = [[0.5, -1], 0.25];
const sigmoid = (sum: number) => 1 / (1 + Math.exp(-sum));
const expected = rows.columns.get('a')!.map((a, row) => sigmoid(0.5 * a - rows.columns.get('b')![row]! + bias));

function isInstalled(): boolean {
  try {
    createRequire(__filename).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}
const whereInstalled = isInstalled() ? test : test.skip;
const whereMissing = isInstalled() ? test.skip : test;

whereMissing('without the runtime the error names the package, and how to install it offline', async () => {
  const score = createOnnxScorer().score(logisticOnnx(weights, bias), signature, rows);
  await expect(score).rejects.toThrow(OnnxRuntimeMissingError);
  await expect(score).rejects.toThrow('npm install onnxruntime-node');
  await expect(score).rejects.toThrow('ONNXRUNTIME_NODE_INSTALL=skip');
});

test('the runtime is not asked for before there is a row to score', async () => {
  const scorer = createOnnxScorer(() => {
    throw new Error('asked');
  });
  expect(await scorer.score(logisticOnnx(weights, bias), signature, { ...rows, n: 0 })).toEqual(new Float64Array());
  await expect(scorer.score(logisticOnnx(weights, bias), signature, rows)).rejects.toThrow('asked');
});

const identity = (width: number) =>
  onnxModel(
    [1, message([1, 'x'], [2, 'p'], [4, 'Identity'])],
    [2, 'identity'],
    [11, port('x', width)],
    [12, port('p', width)],
  );

/** Scores with the real runtime, in a process of its own. */
async function outcomesOf(...tasks: readonly (Partial<OnnxTask> & { bytes: Buffer })[]): Promise<OnnxOutcome[]> {
  const child = fork(join(__dirname, '../support/onnx-child.ts'), { execArgv: ['--import', 'tsx'] });
  const answered = once(child, 'message');
  child.send(
    tasks.map(({ bytes, ...task }) => ({ model: bytes.toString('base64'), features: names, n: 3, columns, ...task })),
  );
  const [outcomes] = (await answered) as [OnnxOutcome[]];
  if (child.exitCode === null) await once(child, 'exit');
  return outcomes;
}

const scoresOf = (outcome: OnnxOutcome | undefined) => ('scores' in outcome! ? outcome.scores : [outcome!.error]);

whereInstalled('models score by their weights, features in the order of the signature', async () => {
  const outcomes = await outcomesOf(
    { bytes: logisticOnnx(weights, bias) },
    { bytes: softmaxOnnx(weights, bias) },
    { bytes: logisticOnnx([-1, 0.5], bias), features: ['b', 'a'] },
    { bytes: logisticOnnx(weights, bias) },
  );
  for (const outcome of outcomes) {
    const scores = scoresOf(outcome);
    expect(scores).toHaveLength(3);
    expected.forEach((score, row) => expect(scores[row]).toBeCloseTo(score, 6));
  }
  expect(outcomes[3]).toEqual(outcomes[0]);
});

whereInstalled('more rows than go into one tensor come back in order', async () => {
  const n = 25_000;
  const ramp = Array.from({ length: n }, (_, row) => row / n);
  const [outcome] = await outcomesOf({ bytes: logisticOnnx([1, 1], 0), n, columns: { a: ramp, b: ramp } });
  for (const row of [0, 9_999, 10_000, 24_999]) expect(scoresOf(outcome)[row]).toBeCloseTo(sigmoid((2 * row) / n), 6);
});

whereInstalled('what is no model for these rows is refused with what it gives', async () => {
  const errors = (
    await outcomesOf(
      { bytes: logisticOnnx([1], 0) },
      { bytes: identity(1), features: ['b'] },
      { bytes: identity(3), features: ['a', 'b', 'c'] },
      { bytes: logisticOnnx([1], 0), features: ['gone'] },
    )
  ).map((outcome) => ('error' in outcome ? outcome.error : 'scored'));
  expect(errors).toEqual([
    expect.stringMatching(/dimension/i),
    expect.stringContaining('-2 for row 2: expected a probability'),
    expect.stringContaining('p [3, 3]: expected a float tensor [n, 2]'),
    expect.stringContaining('NaN for row 0'),
  ]);
});
