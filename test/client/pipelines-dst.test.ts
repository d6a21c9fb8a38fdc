import { addDays, dayIn } from '../../src/domain/calendar';
import { nextFires, parseCron } from '../../src/domain/cron';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { puppet, written } from '../support/pipeline-written';
import { Puppet } from '../support/puppet';

const CRON = '30 0-3 * * *';
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: new Puppet().settings });
});
afterAll(() => loop.close());

// UTC hours of the runs of the night, as the server has them: east of Greenwich it takes the repeated hour for the one
// before it, so that the second 2:30 in Berlin does not come where 1:30 does.
test.each([
  ['Europe/Berlin', '2025-03-30', ['23:30', '00:30', '01:30']],
  ['Europe/Berlin', '2025-10-26', ['22:30', '23:30', '00:30', '02:30']],
  ['America/New_York', '2025-03-09', ['05:30', '06:30', '07:30']],
  ['America/New_York', '2025-11-02', ['04:30', '05:30', '06:30', '07:30', '08:30']],
])('in %s the runs around %s begin when they are told to', async (timezone, day, hours) => {
  const { pipelines } = loop.client;
  const spec = written([puppet('train', '')], { schedule: CRON, timezone });
  const { name } = spec.metadata;
  await pipelines.apply(spec);
  const handle = loop.temporal.schedule.getHandle(`pipeline:${name}`);
  try {
    const [from, to] = [`${addDays(day, -1)}T12:00:00.000Z`, `${day}T12:00:00.000Z`];
    const told = nextFires(parseCron(CRON), timezone, from, 100).filter((at) => at <= to);
    expect(await pipelines.backfill(name, { from, to, overlap: 'allow-all' })).toEqual(told);
    await eventually(async () => (await ended(name)).length >= told.length);
    const runs = await ended(name);
    expect(runs.map(({ at }) => at)).toEqual(told);
    expect(runs.map(({ _id }) => _id)).toEqual(told.map((at) => `pipeline:${name}:scheduled-${at.slice(0, 19)}Z`));
    expect(runs.map((run) => run.day)).toEqual(told.map((at) => dayIn(at, timezone)));
    expect(runs.map(({ at }) => at.slice(11, 16))).toEqual(hours);
    // Nothing else was begun: the server has counted as many.
    expect((await handle.describe()).info.numActionsTaken).toBe(told.length);
  } finally {
    await handle.delete();
  }
});

test('a time that the clocks are put forward over has no run to make up for', async () => {
  const { pipelines } = loop.client;
  const spec = written([puppet('train', '')], { schedule: '30 2 * * *', timezone: 'Europe/Berlin' });
  const { name } = spec.metadata;
  await pipelines.apply(spec);
  const night = { from: '2025-03-29T12:00:00Z', to: '2025-03-30T12:00:00Z' };
  await expect(pipelines.backfill(name, night)).rejects.toThrow('has no time from');
  await loop.temporal.schedule.getHandle(`pipeline:${name}`).delete();
});

/** Runs that have succeeded, by their nominal times. */
async function ended(name: string) {
  const { runs } = await loop.client.pipelines.history(name);
  return runs.filter(({ result }) => result?.decision === 'succeeded').sort((a, b) => (a.at < b.at ? -1 : 1));
}
