import { cacheOwner, pipelineOwner, retrainingOwner } from '../../src/contracts';
import type { PipelineResult } from '../../src/contracts';
import { findAndMend, look } from '../support/doctor';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { grow } from '../support/orphans';

jest.setTimeout(300_000);

let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const put = (owner: string) => loop.stores.artifacts.put(Buffer.from(`bytes ${(counter += 1)}`), owner);
const shown = (digest: string) => `artifact ${digest.slice(0, 12)}`;

async function openRun(workflowId: string): Promise<string> {
  const facts = { pipeline: 'p', digest: 'a'.repeat(64), params: {}, files: {}, retryOf: null, who: null };
  const at = { at: '2026-03-01T02:00:00.000Z', day: '2026-03-01' };
  return (await loop.stores.pipelineRuns.open({ workflowId, ...facts, ...at }))._id;
}

test('what a recorded run of a pipeline claims is needed, however it ended; what no run has is not', async () => {
  const [open, failed] = [await openRun('pipeline:p:open'), await openRun('pipeline:p:failed')];
  const result: PipelineResult = {
    ...{ run: failed, pipeline: 'p', digest: 'a'.repeat(64), decision: 'failed', reasons: ['r'], undone: [] },
    ...{ stages: { succeeded: 0, failed: 1, skipped: 0 }, outputs: {} },
  };
  await loop.stores.pipelineRuns.close(failed, result);
  const again = await openRun('pipeline:p:failed');
  const needed = [await put(pipelineOwner(open)), await put(pipelineOwner(failed)), await put(pipelineOwner(again))];
  await grow(loop);
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  const orphans = [await put(pipelineOwner('pipeline:p:nobody')), await put(open), await put('pipeline/')];
  await grow(loop);
  await findAndMend(loop, ...orphans.map(shown));
  for (const digest of needed) expect(await loop.stores.artifacts.exists(digest)).toBe(true);
  for (const digest of orphans) expect(await loop.stores.artifacts.exists(digest)).toBe(false);
});

test('what the cache keeps is needed while its entry is there, also where a retraining that is over has it too', async () => {
  const { stageCache, artifacts } = loop.stores;
  const kept = await put(cacheOwner('made'));
  await artifacts.claimFor(kept, retrainingOwner({ model: 'm', environment: 'e', key: 'over' }));
  const refs = { outputs: { o: { sha256: kept, bytes: 7, uri: `artifact:file/${kept}` } }, metrics: {}, log: null };
  await stageCache.claim('made', 'h', 60_000);
  await stageCache.commit('made', 'h', { ...refs, run: 'r', at: new Date() });
  await grow(loop);
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  // Somebody died between the claim of the artifact and the entry: nothing was made under that key.
  await stageCache.claim('unmade', 'h', 60_000);
  const orphan = await put(cacheOwner('unmade'));
  await grow(loop);
  await findAndMend(loop, shown(orphan));
  expect(await artifacts.exists(kept)).toBe(true);
  await loop.db.collection<{ _id: string }>('stageCache').deleteOne({ _id: 'made' });
  await findAndMend(loop, shown(kept));
});

test('a run of many artifacts is asked for once', async () => {
  const runs = await Promise.all(Array.from({ length: 3 }, (_, k) => openRun(`pipeline:many:${k}`)));
  await Promise.all(Array.from({ length: 60 }, (_, k) => put(pipelineOwner(runs[k % 3]!))));
  await grow(loop);
  expect((await look(loop)).bad).toEqual([]);
});
