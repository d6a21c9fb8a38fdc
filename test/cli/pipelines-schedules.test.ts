import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { puppet, written } from '../support/pipeline-written';
import { Puppet } from '../support/puppet';

let folder: string;
let name: string;
let loop: TestLoop;
let operator: Operator;
let queue: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-schedules-'));
  loop = await startTestLoop({ pipelines: new Puppet().settings });
  operator = operatorOf(loop);
  queue = ['--task-queue', loop.taskQueue];
  const spec = written([puppet('train', '')], { schedule: '0 2 * * *', timezone: 'Europe/Berlin' });
  name = spec.metadata.name;
  await writeFile(join(folder, 'p.yaml'), JSON.stringify(spec));
  const { stdout } = await operator.run('pipeline', 'apply', join(folder, 'p.yaml'), ...queue);
  expect(stdout).toMatch(/^schedule +created: overlap skip, catch-up 1h, no jitter\n/m);
});
afterAll(async () => {
  await loop.temporal.schedule.getHandle(`pipeline:${name}`).delete();
  await loop.close();
  await rm(folder, { recursive: true });
});

test('a schedule tells its times in its zone, its policies and what it left out', async () => {
  const { stdout } = await operator.run('pipeline', 'schedule', name);
  expect(stdout).toMatch(
    new RegExp(`^schedule +0 2 \\* \\* \\*, Europe/Berlin\nruns +${name} [0-9a-f]{64}\nstate +on\n`),
  );
  expect(stdout).toMatch(
    /^overlap +skip\ncatch-up +1h\njitter +0s\nnext +\d{4}-\d{2}-\d{2} 02:00 Europe\/Berlin, .* UTC\n/m,
  );
  expect(stdout.match(/02:00 Europe\/Berlin/g)).toHaveLength(5);
  expect(stdout).toMatch(/^left out +0 while another ran, 0 that came too late\n/m);
});

test('policies are changed, it is paused and goes on', async () => {
  const change = ['--overlap', 'buffer-all', '--catch-up', '90m', '--jitter', '30s'];
  const person = ['--who', 'ann', '--reason', 'the data is late'];
  const { stdout } = await operator.run('pipeline', 'schedule', name, ...change, '--pause', ...person);
  expect(stdout).toMatch(/^state +paused, ann: the data is late\noverlap +buffer-all\ncatch-up +90m\njitter +30s\n/m);
  const resumed = await operator.json(
    'pipeline',
    'schedule',
    name,
    '--resume',
    '--who',
    'bob',
    '--reason',
    'it is here',
  );
  expect(resumed).toMatchObject({ paused: false, note: 'bob: it is here', overlap: 'buffer-all', catchUp: '90m' });
});

test('what was missed is made up for, one after another, under the nominal times', async () => {
  const night = ['--from', '2026-07-01T00:00:00Z', '--to', '2026-07-02T12:00:00Z'];
  const { stdout } = await operator.run('pipeline', 'backfill', name, ...night, ...queue);
  const id = `pipeline:${name}:scheduled-2026-07-0`;
  expect(stdout).toBe(
    `at                        run\n` +
      [1, 2].map((day) => `2026-07-0${day}T00:00:00.000Z  ${id}${day}T00:00:00Z\n`).join(''),
  );
  for (const day of [1, 2]) {
    for (let attempt = 0; (await loop.client.pipelines.record(`${id}${day}T00:00:00Z`)) === null; attempt += 1) {
      if (attempt > 100) throw new Error(`day ${day} was not run`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await loop.client.pipelines.result(`${id}${day}T00:00:00Z`)).decision).toBe('succeeded');
  }
  const shown = (await operator.run('pipeline', 'show', `${name}:scheduled-2026-07-01T00:00:00Z`)).stdout;
  expect(shown).toMatch(/^day +2026-07-01, at 2026-07-01\n/m);
  expect(shown).toMatch(/^started by +schedule\n/m);
});

test.each([
  [['schedule', 'nobody'], 'no pipeline "nobody" was applied'],
  [
    ['schedule', 'P', '--overlap', 'never'],
    'Allowed choices are skip, buffer-one, buffer-all, cancel-other, allow-all',
  ],
  [['schedule', 'P', '--catch-up', '1s'], 'catchUp is "1s": expected 10s to 365d'],
  [['schedule', 'P', '--jitter', 'some'], 'jitter is "some": expected a duration such as 5m, at most 1d, or 0s'],
  [['schedule', 'P', '--pause', '--resume'], "option '--pause' cannot be used with option '--resume'"],
  [['schedule', 'P', '--pause', '--who', 'ann'], '--who NAME and --reason TEXT go with --pause or --resume'],
  [['schedule', 'P', '--resume'], '--who NAME and --reason TEXT go with'],
  [['schedule', 'P', '--who', 'ann', '--reason', 'r'], '--who NAME and --reason TEXT go with'],
  [['schedule', 'P', '--overlap', 'skip', '--who', 'ann'], '--who NAME and --reason TEXT go with'],
  [['schedule', 'P', '--pause', '--who', '', '--reason', 'r'], 'who is "": expected 1 to 200 printable characters'],
  [['backfill', 'P', '--from', '2026-07-01'], "required option '--to <instant>' not specified"],
  [['backfill', 'P', '--from', 'then', '--to', 'now'], 'from is "then": expected an ISO 8601 day or instant'],
  [['backfill', 'P', '--from', '2026-07-02', '--to', '2026-07-01'], 'expected from before to'],
  [['backfill', 'P', '--from', '2026-07-01', '--to', '9999-01-01'], 'expected a time that is over'],
  [['backfill', 'nobody', '--from', '2026-07-01', '--to', '2026-07-02'], 'no pipeline "nobody" was applied'],
])('%j is refused with what is accepted', async (args, words) => {
  const told = await operator.refusal('pipeline', ...args.map((word) => (word === 'P' ? name : word)));
  expect(told).toContain(words);
  expect(told).not.toMatch(/^ +at /m);
});
