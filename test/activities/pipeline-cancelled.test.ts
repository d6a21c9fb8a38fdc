import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { createPipelineActivities } from '../../activities/pipeline';
import { createImages } from '../../src/adapters/executor';
import type { PipelineSettings } from '../../src/contracts';
import { functions, inContext, mockEnvironment, openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let folder: string;
let place: string;
beforeAll(async () => {
  opened = await openTestActivities();
  [folder, place] = [mkdtempSync(join(tmpdir(), 'cancelled-')), mkdtempSync(join(tmpdir(), 'place-'))];
  writeFileSync(join(place, 'f'), 'x');
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  for (const each of [folder, place]) rmSync(each, { recursive: true });
  await opened.close();
});

const stage = stageInput('a', {
  inputs: [{ name: 'i', path: '/data' }],
  outputs: [{ name: 'o', path: 'o' }],
  cache: { maxAge: '1h' },
});

test.each([
  ['what it is given is read for the key', 'refOf', {}, false],
  ['what it is given is fetched', 'fetch', { files: true }, false],
  ['what it leaves is stored', 'store', {}, true],
] as const)(
  'cancelled while %s, it stops and leaves nothing',
  async (_when, method, { files = false }: { files?: boolean }, ran) => {
    let [calls, isStopped] = [0, false];
    const settings: PipelineSettings = {
      ...functions({
        'worker:v1': (call) => {
          calls += 1;
          writeFileSync(call.outputs.o!, `made for ${method}`);
          return Promise.resolve();
        },
      }),
      ...{ folder, paths: { '/data': place } },
    };
    const { artifactFiles, pipelineStages } = opened.stores;
    const given = files ? { files: { '/data': await artifactFiles.store(place, 'test') } } : {};
    const { run } = await opened.open(opened.worker(settings), [stage], {}, given);
    const on = createPipelineActivities({ stores: opened.stores, images: createImages(settings) });
    const env = mockEnvironment();
    const real = artifactFiles[method].bind(artifactFiles) as (...words: unknown[]) => Promise<never>;
    jest.spyOn(artifactFiles, method).mockImplementation((...words: unknown[]) => {
      env.cancel('CANCELLED');
      return real(...words).catch((error: unknown) => {
        isStopped = true;
        throw error;
      });
    });
    const unit = { run, stage: 'a', unit: 0 };
    const thrown: unknown = await inContext(() => on.runStage(unit), env).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CancelledFailure);
    expect(isStopped).toBe(true);
    expect(calls).toBe(ran ? 1 : 0);
    expect(readdirSync(folder)).toEqual([]);
    expect((await pipelineStages.find(unit))?.outcome ?? null).toBeNull();
    // Whoever wants the same next need not wait.
    expect(await opened.db.collection('stageCache').countDocuments({ holder: { $ne: null } })).toBe(0);
  },
);
