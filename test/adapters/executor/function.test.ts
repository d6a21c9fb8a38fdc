import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFunctionExecutor } from '../../../src/adapters/executor/function';
import { STAGE_PATHS } from '../../../src/contracts';
import type { StageCall, StageFunction, StageJob } from '../../../src/contracts';
import { contextOf, jobOf, removeFolders } from './job';

afterAll(removeFolders);

async function run(fn: StageFunction, given: Partial<StageJob> = {}) {
  const job = jobOf(given);
  const exit = await createFunctionExecutor({ kind: 'function', version: '1', run: fn }).run(job, contextOf().context);
  const metrics = join(job.root, STAGE_PATHS.metrics);
  return { job, exit, metrics: existsSync(metrics) ? (JSON.parse(readFileSync(metrics, 'utf8')) as unknown) : null };
}

test('it is called with what the stage is told, its words, secrets and folder', async () => {
  let call: StageCall | undefined;
  const given = { command: ['train'], args: ['--fast', '$(x)'], secrets: { KEY: 'hunter2' } };
  const { job, exit } = await run(async (told) => void (call = told), given);
  expect(exit).toEqual({ code: 0 });
  expect(call).toEqual({ ...job.told, ...given, folder: join(job.root, STAGE_PATHS.work), log: expect.any(Function) });
});

test('its metrics are written to the metrics file; without any there is none', async () => {
  expect((await run(async () => ({ metrics: { auc: 0.9 } }))).metrics).toEqual({ auc: 0.9 });
  expect((await run(async () => ({}))).metrics).toBeNull();
  expect((await run(async () => undefined)).metrics).toBeNull();
});

test('it logs by the line, without its secrets', async () => {
  const { job } = await run(
    async (call) => {
      call.log('one hunter2');
      call.log('two');
    },
    { secrets: { KEY: 'hunter2' } },
  );
  expect(job.text()).toBe('one ***\ntwo\n');
});

test('what it throws is thrown as it is, and what it has logged is there', async () => {
  const error = new TypeError('mine');
  const job = jobOf({ secrets: { KEY: 'hunter2' } });
  const failing = createFunctionExecutor({
    kind: 'function',
    version: '1',
    run: async (call) => {
      call.log('before');
      throw error;
    },
  }).run(job, contextOf().context);
  await expect(failing).rejects.toBe(error);
  expect(job.text()).toBe('before\n');
});

test('a function that throws before it gives a promise is no different', async () => {
  const run = (() => {
    throw new Error('at once');
  }) as unknown as StageFunction;
  const failing = createFunctionExecutor({ kind: 'function', version: '1', run }).run(jobOf(), contextOf().context);
  await expect(failing).rejects.toThrow('at once');
});

test('it sees that it is aborted, and its result is not taken', async () => {
  const { context, abort } = contextOf();
  const job = jobOf();
  const running = createFunctionExecutor({
    kind: 'function',
    version: '1',
    run: async (_call, { signal }) => {
      abort(new Error('cancelled'));
      return { metrics: { aborted: Number(signal.aborted) } };
    },
  }).run(job, context);
  await expect(running).rejects.toThrow('cancelled');
  expect(existsSync(join(job.root, STAGE_PATHS.metrics))).toBe(false);
});
