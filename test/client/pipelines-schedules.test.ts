import { randomUUID } from 'node:crypto';
import type { ScheduleDescription } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes } from '../../src/contracts';
import { nextFires, parseCron } from '../../src/domain/cron';
import type { PipelineSpecInput } from '../../src/schemas';
import { openTestLoop, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { puppet, written } from '../support/pipeline-written';
import { Puppet } from '../support/puppet';

const ANN = { who: 'ann', reason: 'because' };
let loop: TestLoop;
const scheduled = new Set<string>();
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: new Puppet().settings });
});
afterAll(async () => {
  for (const name of scheduled)
    await loop.temporal.schedule
      .getHandle(`pipeline:${name}`)
      .delete()
      .catch(() => undefined);
  await loop.close();
});

/** A pipeline of one stage, under a name of its own. */
function nightly(rest: Partial<PipelineSpecInput['spec']> = {}, name?: string) {
  const spec = written([puppet('train', '')], { schedule: '0 2 * * *', timezone: 'Europe/Berlin', ...rest });
  scheduled.add(name ?? spec.metadata.name);
  return name === undefined ? spec : { ...spec, metadata: { name } };
}

function described(name: string): Promise<ScheduleDescription> {
  return loop.temporal.schedule.getHandle(`pipeline:${name}`).describe();
}

test('apply makes a schedule of Temporal; the same again changes nothing', async () => {
  const spec = nightly();
  const { name } = spec.metadata;
  const applied = await loop.client.pipelines.apply(spec, { who: 'ann' });
  expect(applied).toEqual({
    ...{ name, version: 1, changed: true, schedule: 'created' },
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const { action, policies, state } = await described(name);
  expect(action).toMatchObject({
    workflowType: 'loopwright.runPipeline',
    workflowId: `pipeline:${name}:scheduled`,
    taskQueue: loop.taskQueue,
    args: [{ pipeline: name, digest: applied.digest, who: 'schedule' }],
    staticDetails: expect.stringContaining('Runs the stages of a pipeline'),
  });
  const attributes = action.typedSearchAttributes as TypedSearchAttributes;
  expect(attributes.get(searchAttributes.model)).toBe(name);
  expect(attributes.get(searchAttributes.environment)).toBe('production');
  expect([policies.overlap, policies.catchupWindow, state.paused]).toEqual(['SKIP', 3_600_000, false]);
  const before = await described(name);
  expect(await loop.client.pipelines.apply(spec)).toEqual({ ...applied, changed: false, schedule: 'unchanged' });
  expect((await described(name)).info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
});

test('the times that are told are those of the server, in the zone', async () => {
  const spec = nightly();
  await loop.client.pipelines.apply(spec);
  const { name } = spec.metadata;
  const told = await loop.client.pipelines.schedule(name);
  const [first] = told.next;
  expect(told.next).toEqual(nextFires(parseCron('0 2 * * *'), 'Europe/Berlin', new Date().toISOString(), 5));
  expect(told).toMatchObject({
    ...{ pipeline: name, cron: '0 2 * * *', timezone: 'Europe/Berlin', overlap: 'skip', catchUp: '1h', jitter: '0s' },
    ...{ paused: false, note: null, recent: [], skipped: { overlap: 0, catchUp: 0 } },
  });
  expect(first! > new Date().toISOString()).toBe(true);
});

test('what an operator has set survives another version of the declaration', async () => {
  const spec = nightly();
  const { name } = spec.metadata;
  const { pipelines } = loop.client;
  await pipelines.apply(spec);
  await pipelines.setSchedule(name, { overlap: 'buffer-one', catchUp: '6h', jitter: '5m' });
  await pipelines.pause(name, ANN);
  const kept = { overlap: 'buffer-one', catchUp: '6h', jitter: '5m', paused: true, note: 'ann: because' };
  expect(await pipelines.schedule(name)).toMatchObject({ ...kept, cron: '0 2 * * *' });
  const other = await pipelines.apply(nightly({ schedule: '30 3 * * *', timezone: 'UTC' }, name));
  expect(other).toMatchObject({ version: 2, changed: true, schedule: 'updated' });
  const told = await pipelines.schedule(name);
  expect(told).toMatchObject({ ...kept, cron: '30 3 * * *', timezone: 'UTC', digest: other.digest });
  // The server's own times: each a little late, by the jitter.
  const nominal = nextFires(parseCron('30 3 * * *'), 'UTC', new Date().toISOString(), 5);
  const late = told.next.map((at, k) => Date.parse(at) - Date.parse(nominal[k]!));
  expect(late.filter((by) => by < 0 || by > 300_000)).toEqual([]);
  expect(await pipelines.setSchedule(name, { jitter: '0s' })).toMatchObject({ ...kept, jitter: '0s' });
  expect(await pipelines.resume(name, { who: 'bob', reason: 'again' })).toMatchObject({
    ...{ paused: false, note: 'bob: again', overlap: 'buffer-one' },
  });
});

test('a declaration without a schedule takes it away, and one with it brings it back', async () => {
  const spec = nightly();
  const { name } = spec.metadata;
  const { pipelines } = loop.client;
  await pipelines.apply(spec);
  const { schedule: _schedule, ...rest } = spec.spec;
  const without = { ...spec, spec: rest };
  expect(await pipelines.apply(without)).toMatchObject({ changed: true, schedule: 'deleted' });
  await expect(described(name)).rejects.toThrow('not found');
  await expect(pipelines.schedule(name)).rejects.toThrow(`${name} has no schedule: apply it with spec.schedule`);
  expect(await pipelines.apply(without)).toMatchObject({ changed: false, schedule: 'none' });
  // A version that was there before is that version again.
  expect(await pipelines.apply(spec)).toMatchObject({ version: 1, changed: true, schedule: 'created' });
});

test('a schedule that somebody deleted is made again by the same declaration', async () => {
  const spec = nightly();
  await loop.client.pipelines.apply(spec);
  await loop.temporal.schedule.getHandle(`pipeline:${spec.metadata.name}`).delete();
  expect(await loop.client.pipelines.apply(spec)).toMatchObject({ changed: false, schedule: 'created' });
});

test('declarations applied at once leave the schedule of the one that stands', async () => {
  const spec = nightly();
  const { name } = spec.metadata;
  const { pipelines } = loop.client;
  const minutes = Array.from({ length: 8 }, (_, k) => nightly({ schedule: `${k} 4 * * *` }, name));
  await Promise.all(minutes.map((each) => pipelines.apply(each)));
  const { _id, version } = await pipelines.find(name);
  expect((await pipelines.schedule(name)).digest).toBe(_id);
  expect((await pipelines.history(name)).versions).toHaveLength(8);
  expect(version).toBeGreaterThan(0);
});

test('a run of the schedule has the nominal time in its id and in its day', async () => {
  const spec = nightly();
  const { name } = spec.metadata;
  const { pipelines } = loop.client;
  await pipelines.apply(spec);
  // 2 o'clock in Berlin is midnight in UTC and another day still in summer.
  const range = { from: '2026-07-02T00:00:00Z', to: '2026-07-03T00:00:00Z' };
  const times = await pipelines.backfill(name, range);
  expect(times).toEqual(['2026-07-02T00:00:00.000Z', '2026-07-03T00:00:00.000Z']);
  const ids = times.map((at) => `pipeline:${name}:scheduled-${at.slice(0, 19)}Z`);
  for (const [k, id] of ids.entries()) {
    await retried(() => pipelines.result(id));
    expect((await pipelines.record(id))!.run).toMatchObject({
      ...{ at: times[k], day: `2026-07-0${k + 2}`, who: 'schedule', result: { decision: 'succeeded' } },
    });
  }
  await pipelines.trigger(name);
  await retried(async () => expect((await pipelines.history(name)).runs).toHaveLength(3));
  await retried(async () => expect((await pipelines.schedule(name)).recent).toHaveLength(3));
  const { recent } = await pipelines.schedule(name);
  expect(recent.slice(0, 2).map(({ workflowId, decision }) => [workflowId, decision])).toEqual(
    ids.map((id) => [id, 'succeeded']),
  );
});

test.each([
  [{ from: '2026-07-02T00:00:01Z', to: '2026-07-02T23:00:00Z' }, 'has no time from'],
  [{ from: '2026-07-02', to: '2026-07-01' }, 'expected from before to'],
  [{ from: 'yesterday', to: '2026-07-01' }, 'from is "yesterday": expected an ISO 8601 day or instant'],
  [{ from: '2020-01-01', to: '2026-07-01' }, 'more than 1000 times'],
  [{ from: '2026-07-01', to: '9999-01-01' }, 'to is 9999-01-01T00:00:00.000Z: expected a time that is over, at most 2'],
  [{ from: '2026-07-01', to: '2026-07-05', overlap: 'terminate-other' }, 'expected one of skip, buffer-one'],
])('a backfill of %j is refused', async (options, words) => {
  const spec = nightly();
  await loop.client.pipelines.apply(spec);
  await expect(loop.client.pipelines.backfill(spec.metadata.name, options as never)).rejects.toThrow(words);
});

test.each([
  [{ overlap: 'never' }, 'overlap is "never": expected one of skip'],
  [{ catchUp: '5s' }, 'expected 10s to 365d'],
  [{ catchUp: 'long' }, 'expected a duration'],
  [{ jitter: '2d' }, 'at most 1d'],
  [{ jittr: '2m' }, 'jittr is not a known field'],
])('policies %j are refused', async (change, words) => {
  await expect(loop.client.pipelines.setSchedule('p', change as never)).rejects.toThrow(words);
});

test('what is not applied has no schedule; a pause has a person and a reason', async () => {
  const { pipelines } = loop.client;
  const spec = nightly({}, `near-${randomUUID().slice(0, 8)}`);
  await pipelines.apply(spec);
  const near = `${spec.metadata.name}x`;
  await expect(pipelines.schedule(near)).rejects.toThrow(
    `no pipeline "${near}" was applied: did you mean "${spec.metadata.name}"?`,
  );
  await expect(pipelines.trigger(near)).rejects.toThrow('was applied');
  await expect(pipelines.pause(spec.metadata.name, { who: '', reason: 'r' })).rejects.toThrow('who is ""');
});

test('nobody who works: neither a trigger nor a backfill is begun', async () => {
  const idle = await openTestLoop();
  try {
    const spec = nightly();
    const { pipelines } = idle.client;
    await pipelines.apply(spec);
    await expect(pipelines.trigger(spec.metadata.name)).rejects.toThrow('no worker polls the task queue');
    const range = { from: '2026-07-02', to: '2026-07-04' };
    await expect(pipelines.backfill(spec.metadata.name, range)).rejects.toThrow('no worker polls the task queue');
  } finally {
    await idle.close();
  }
});

/** Tries until it holds: what a schedule has started is there a little later. */
async function retried<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
