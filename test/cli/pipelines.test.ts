import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextFires, parseCron } from '../../src/domain/cron';
import { inProcess } from '../support/cli';
import { openTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';

const SAMPLE = join(__dirname, '../../examples/pipelines/recommendation-pipeline.yaml');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-pipelines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const PARAMETERS = `apiVersion: ml/v1
kind: MLPipeline
metadata: { name: nightly }
spec:
  schedule: '30 2 * * *'
  timezone: Europe/Berlin
  parameters: { rate: 0.1, region: north, deploy: false }
  parallelism: 2
  stages:
    - { name: train, image: train:v1, forEach: { items: [1, 2, 3] }, inputs: [{ name: r, value: '{{ .Params.region }} on {{ .Date }}' }], resources: { cpu: 2, gpu: 1 } }
    - { name: ship, image: ship:v1, dependsOn: [train], condition: '{{ .Params.deploy }}' }
    - { name: tell, image: tell:v1, dependsOn: [ship] }
`;

test('validate says that the pipeline that ships is one, in words and as JSON', async () => {
  const { code, stdout, stderr } = await inProcess('pipeline', 'validate', SAMPLE);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^valid +recommendation-pipeline\nstages +5\nlevels +5\nedges +5\nschedule +0 2 \* \* \*, UTC\ndigest +[0-9a-f]{64}\n$/,
  );
  const { pipeline, digest } = JSON.parse((await inProcess('pipeline', 'validate', SAMPLE, '--json')).stdout);
  expect(pipeline.stages).toHaveLength(5);
  expect(stdout).toContain(digest);
});

test('plan says what runs in which order, when, with which values and resources', async () => {
  const { code, stdout } = await inProcess('pipeline', 'plan', SAMPLE, '--offline', '--at', '2026-12-31T23:00:00Z');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^next +2027-01-01 02:00 UTC\n +2027-01-02 02:00 UTC\n(?: +2027-01-0\d 02:00 UTC\n){3}day +2026-12-31 in UTC\n/m,
  );
  expect(stdout).toMatch(/^peak +cpu 2, memory 8 Gi, gpu 1, the most of one level\n/m);
  expect(stdout).toMatch(
    /^0 +data-extraction +yes .*\n +image data-extractor:v1\.2\.0\n +date_range = 2026-12-24 to 2026-12-31\n1 +feature-engineering +yes .*\n +image feature-engineer:v2\.1\.0, after data-extraction\n/m,
  );
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(
    /^4 +model-deployment +if .*\n +image .*\n +the condition asks for \.Stages\.model-validation\n/m,
  );
});

test('plan knows parameters, the zone and its summer time, fan-outs and what is certain to be skipped', async () => {
  const file = await write('nightly.yaml', PARAMETERS);
  const { stdout } = await inProcess(
    'pipeline',
    'plan',
    file,
    '--offline',
    '--at',
    '2026-10-24T22:30:00Z',
    '--param',
    'region=a = b',
  );
  expect(stdout).toMatch(/^schedule +30 2 \* \* \*, Europe\/Berlin\n/m);
  expect(stdout).toMatch(
    /^next +2026-10-25 02:30 Europe\/Berlin, 2026-10-25 01:30 UTC\n +2026-10-26 02:30 Europe\/Berlin, 2026-10-26 01:30 UTC\n/m,
  );
  expect(stdout).toMatch(/^day +2026-10-25 in Europe\/Berlin\nparameters +rate=0\.1, region=a = b, deploy=false\n/m);
  expect(stdout).toMatch(/^0 +train +yes, 3 times .*\n +image train:v1\n +r = a = b on 2026-10-25\n/m);
  expect(stdout).toMatch(
    /^1 +ship +no .*\n +image ship:v1, after train\n +the condition is false\n2 +tell +no .*\n +image .*\n +ship is skipped\n/m,
  );
  const args = ['--param', 'deploy=true', '--param', 'rate=1e-3', '--at', '2026-10-24'];
  const plan = JSON.parse((await inProcess('pipeline', 'plan', file, '--offline', ...args, '--json')).stdout);
  expect(plan.parameters).toEqual({ rate: 0.001, region: 'north', deploy: true });
  expect(plan.stages.map(({ runs }: { runs: string }) => runs)).toEqual(['yes', 'yes', 'yes']);
  expect(plan.peak).toEqual({ cpu: 4_000, memory: 2 * 2 ** 30, gpu: 2 });
});

test.each([
  [['--param', 'deploy=yes'], '--param deploy is "yes": expected true or false'],
  [['--param', 'rate=fast'], 'expected a number that is kept exactly'],
  [['--param', 'rate=0x10'], 'expected a number'],
  [['--param', 'rate='], 'expected a number'],
  [['--param', 'rate=9007199254740993'], 'kept exactly'],
  [['--param', 'regoin=x'], '--param regoin is unknown: did you mean "region"?'],
  [['--param', '__proto__=x'], 'expected one of rate, region, deploy'],
  [['--param', `region=${'x'.repeat(2_001)}`], 'at most 2000 characters'],
  [['--param', 'region'], 'expected name=value'],
  [['--at', 'tomorrow'], 'plan: at is "tomorrow": expected an ISO 8601 day or instant'],
])('plan %j is refused', async (args, words) => {
  const { code, stdout, stderr } = await inProcess(
    'pipeline',
    'plan',
    await write('p.yaml', PARAMETERS),
    '--offline',
    ...args,
  );
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(words);
});

test('every mistake is told with its file, line and column', async () => {
  const text = PARAMETERS.replace('[train]', '[trian]')
    .replace('.Params.deploy', '.Params.deplo')
    .replace('[ship]', '[ship, tell]');
  const file = await write('wrong.yaml', text);
  const { code, stdout, stderr } = await inProcess('pipeline', 'validate', file);
  expect([code, stdout]).toEqual([1, '']);
  const [first, second, third] = stderr.split('\n');
  expect(first).toMatch(
    /wrong\.yaml:11:49 spec\.stages\.1\.dependsOn\.0 is "trian": unknown stage "trian", did you mean "train"\?$/,
  );
  expect(second).toMatch(/wrong\.yaml:12:55 spec\.stages\.2\.dependsOn\.1 is "tell": expected another stage/);
  expect(third).toMatch(
    /wrong\.yaml:11:68 spec\.stages\.1\.condition is .*: unknown parameter "deplo", did you mean "deploy"\?$/,
  );
});

test('what is no file, no YAML or no pipeline says so', async () => {
  expect((await inProcess('pipeline', 'validate', join(folder, 'none.yaml'))).stderr).toContain(
    'none.yaml cannot be read',
  );
  expect((await inProcess('pipeline', 'validate', await write('torn.yaml', 'a: [1'))).stderr).toMatch(
    /torn\.yaml:\d+:\d+ /,
  );
  expect((await inProcess('pipeline', 'plan', await write('list.yaml', '[1]'), '--offline')).stderr).toContain(
    'list.yaml:1:1 (root) is [1]',
  );
});

describe('the times that are told are those of a schedule of Temporal', () => {
  let loop: TestLoop;
  beforeAll(async () => {
    loop = await openTestLoop();
  });
  afterAll(() => loop.close());

  test.each([
    ['30 2 * * *', 'Europe/Berlin', '2027-03-26T12:00:00.000Z'],
    ['30 2 * * *', 'Europe/Berlin', '2027-10-29T12:00:00.000Z'],
    ['*/20 1-3 * * *', 'America/New_York', '2027-11-06T12:00:00.000Z'],
    ['*/20 1-3 * * *', 'America/New_York', '2027-03-13T12:00:00.000Z'],
    ['30 1 * * *', 'Europe/Berlin', '2027-10-30T12:00:00.000Z'],
    ['*/15 * * * *', 'Europe/Berlin', '2027-10-30T22:30:00.000Z'],
    ['*/15 * * * *', 'Europe/Berlin', '2027-03-27T23:30:00.000Z'],
    ['*/15 * * * *', 'America/Sao_Paulo', '2027-03-27T23:30:00.000Z'],
    ['0 2 * * *', 'UTC', '2026-12-31T23:00:00.000Z'],
    ['15 0 29 2 *', 'Asia/Kolkata', '2027-01-01T00:00:00.000Z'],
    ['5/20 6 * JAN-MAR/2 MON,5-7', 'Australia/Sydney', '2027-01-01T00:00:00.000Z'],
  ])('%s in %s after %s', async (cron, zone, after) => {
    const handle = await loop.temporal.schedule.create({
      scheduleId: `fires-${loop.taskQueue}-${cron}-${zone}-${after}`.replace(/[^\w-]/g, '_'),
      spec: { cronExpressions: [cron], timezone: zone, startAt: new Date(Date.parse(after) + 1_000) },
      action: { type: 'startWorkflow', workflowType: 'nobody', taskQueue: loop.taskQueue },
    });
    try {
      const told = (await handle.describe()).info.nextActionTimes.map((time) => time.toISOString());
      expect(told.length).toBeGreaterThan(4);
      expect(nextFires(parseCron(cron), zone, after, told.length)).toEqual(told);
    } finally {
      await handle.delete();
    }
  });
});
