import type { PipelineDecision, PipelineResult } from '../../src/contracts';
import type { PipelineRunFacts } from '../../src/stores';
import { openStores } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const sha256 = 'a'.repeat(64);
const facts = (workflowId: string, rest: Partial<PipelineRunFacts> = {}): PipelineRunFacts => ({
  ...{ workflowId, pipeline: 'p', digest: sha256, params: {}, files: {}, retryOf: null, who: null },
  ...{ at: '2026-03-01T02:00:00.000Z', day: '2026-03-01' },
  ...rest,
});
const resultOf = (run: string, decision: PipelineDecision): PipelineResult => ({
  ...{ run, pipeline: 'p', digest: sha256, decision, reasons: [] },
  ...{ stages: { succeeded: 1, failed: 0, skipped: 0 }, undone: [], outputs: {} },
});
const fresh = () => `pipeline:p:r${(counter += 1)}`;

test('a run is recorded once, with the facts it was opened with first', async () => {
  const { pipelineRuns } = opened.stores;
  const id = fresh();
  const given = {
    params: { a: 1, b: '$c', d: true, n: 2 ** 40 },
    files: { '/data/a.b/$x.csv': { sha256, bytes: 3, uri: `artifact:file/${sha256}` } },
    who: 'ann',
  };
  const run = await pipelineRuns.open(facts(id, given));
  expect(run).toMatchObject({ _id: id, generation: 1, ...given, result: null, endedAt: null });
  expect(await pipelineRuns.open(facts(id, { day: '2026-03-02' }))).toEqual(run);
  expect(await pipelineRuns.find(id)).toEqual(run);
  expect(await pipelineRuns.find(`${id}~2`)).toBeNull();
});

test('the first end stands', async () => {
  const { pipelineRuns } = opened.stores;
  const { _id } = await pipelineRuns.open(facts(fresh()));
  const [first, second] = [resultOf(_id, 'failed'), resultOf(_id, 'succeeded')];
  expect(await pipelineRuns.close(_id, first)).toEqual(first);
  expect(await pipelineRuns.close(_id, second)).toEqual(first);
  const { result, endedAt } = (await pipelineRuns.find(_id))!;
  expect(result).toEqual(first);
  expect(endedAt).toBeInstanceOf(Date);
  await expect(pipelineRuns.close('nobody', first)).rejects.toThrow('run nobody is not recorded');
});

test('of ends at the same time one stands, and all are told it', async () => {
  const { pipelineRuns } = opened.stores;
  const { _id } = await pipelineRuns.open(facts(fresh()));
  const told = await Promise.all(
    many(8, (k) => pipelineRuns.close(_id, { ...resultOf(_id, k % 2 ? 'failed' : 'succeeded'), reasons: [`${k}`] })),
  );
  expect(new Set(told.map(({ reasons }) => reasons[0])).size).toBe(1);
});

test.each([
  ['succeeded', false],
  ['failed', true],
  ['cancelled', true],
] as const)('a run that has %s is followed by a new one under its id: %s', async (decision, isFollowed) => {
  const { pipelineRuns } = opened.stores;
  const id = fresh();
  await pipelineRuns.open(facts(id));
  await pipelineRuns.close(id, resultOf(id, decision));
  const next = await pipelineRuns.open(facts(id, { day: '2026-03-09' }));
  expect(next).toMatchObject(
    isFollowed
      ? { _id: `${id}~2`, workflowId: id, generation: 2, result: null, day: '2026-03-09' }
      : { _id: id, generation: 1, day: '2026-03-01' },
  );
  expect(await pipelineRuns.open(facts(id))).toEqual(next);
});

test('opened from two places at once it is one run, in every generation', async () => {
  const both = [opened.stores, openStores(opened.mongo, opened.db)];
  const id = fresh();
  for (const generation of [1, 2, 3]) {
    const runs = await Promise.all(many(16, (k) => both[k % 2]!.pipelineRuns.open(facts(id, { who: `${k}` }))));
    expect(new Set(runs.map(({ generation: each }) => each))).toEqual(new Set([generation]));
    expect(new Set(runs.map(({ who }) => who)).size).toBe(1);
    await opened.stores.pipelineRuns.close(runs[0]!._id, resultOf(runs[0]!._id, 'failed'));
  }
  expect(await opened.db.collection('pipelineRuns').countDocuments({ workflowId: id })).toBe(3);
});

test('ten generations are told apart by number, not by text', async () => {
  const { pipelineRuns } = opened.stores;
  const id = fresh();
  for (let generation = 1; generation <= 11; generation += 1) {
    const { _id } = await pipelineRuns.open(facts(id));
    expect(_id).toBe(generation === 1 ? id : `${id}~${generation}`);
    await pipelineRuns.close(_id, resultOf(_id, 'failed'));
  }
});

test('an id that is another workflow’s run is refused', async () => {
  const { pipelineRuns } = opened.stores;
  const id = fresh();
  await pipelineRuns.open(facts(`${id}~2`));
  await pipelineRuns.open(facts(id));
  await pipelineRuns.close(id, resultOf(id, 'failed'));
  await expect(pipelineRuns.open(facts(id))).rejects.toThrow(`run ${id}~2 is one of workflow ${id}~2`);
});

test('runs are listed newest first, of one pipeline or of all', async () => {
  const { pipelineRuns } = opened.stores;
  const ids = many(4, fresh);
  for (const [k, id] of ids.entries()) {
    await pipelineRuns.open(facts(id, { pipeline: `listed${k % 2}` }));
    const beganAt = new Date(Date.now() + 3_600_000 + Math.floor(k / 3) * 1_000);
    await opened.db.collection('pipelineRuns').updateOne({ _id: id as never }, { $set: { beganAt } });
  }
  const listed = async (limit: number, pipeline?: string) =>
    (await pipelineRuns.list({ limit, pipeline })).map(({ _id }) => ids.indexOf(_id));
  expect(await listed(4)).toEqual([3, 2, 1, 0]);
  expect(await listed(2)).toEqual([3, 2]);
  expect(await listed(10, 'listed0')).toEqual([2, 0]);
  expect(await pipelineRuns.list({ limit: 5, pipeline: 'no such' })).toEqual([]);
});

test('which of some runs are recorded is told', async () => {
  const { pipelineRuns } = opened.stores;
  const { _id } = await pipelineRuns.open(facts(fresh()));
  expect(await pipelineRuns.recorded([_id, 'nobody'])).toEqual(new Set([_id]));
});
