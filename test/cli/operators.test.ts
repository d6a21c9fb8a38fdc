import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAlertingMonitor } from '../support/alerting';
import { inProcess } from '../support/cli';
import type { Ended } from '../support/cli';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { prediction } from '../support/rows';

jest.setTimeout(240_000);

let loop: TestLoop;
let model: string;
let fingerprint: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-operators-'));
  loop = await startTestLoop();
  ({ model } = loop);
  await startAlertingMonitor(loop, model);
  fingerprint = (await loop.client.alerts.list({ model }))[0]!.fingerprint;
});
afterAll(async () => {
  await loop.close();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]): Promise<Ended> =>
  inProcess(...args, '--database', loop.db.databaseName, '--mongodb', process.env.LOOPWRIGHT_TEST_MONGODB!);

async function json(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function refusal(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  return stderr;
}

describe('monitors', () => {
  test('are listed with model, environment and state', async () => {
    await eventually(async () => (await loop.client.monitors.list()).some((each) => each.model === model));
    const listed: any[] = await json('monitor', 'list');
    expect(listed.find((each) => each.model === model)).toMatchObject({ environment: 'production', state: 'watching' });
    const { stdout } = await run('monitor', 'list');
    expect(stdout).toMatch(/^model +environment +state +started\n/);
    expect(stdout).toMatch(new RegExp(`^${model} +production +watching +\\d{4}-\\d\\d-\\d\\d`, 'm'));
  });

  test('stand somewhere: facts, windows and alerts', async () => {
    expect(await json('monitor', 'status', model)).toMatchObject({ level: 0.8, spec: { model } });
    const { stdout } = await run('monitor', 'status', model);
    expect(stdout).toMatch(/^settled through +2011-08-07\n/m);
    expect(stdout).toMatch(/^alert level +0\.8\n/m);
    expect(stdout).toMatch(/^2011-08-05 +24 +0 +below +yes\n/m);
    expect(stdout).toContain(fingerprint);
    expect((await run('monitor', 'evaluate', model)).stdout).toBe(stdout);
  });

  test('are configured by path and by file, and what a path leaves out stays', async () => {
    await json('monitor', 'configure', model, '--set', 'drift.floor=0.5', '--set', 'consecutive=3');
    const file = join(folder, 'change.json');
    await writeFile(file, JSON.stringify({ volume: { minimum: 5 }, consecutive: 4 }));
    const set = ['--set', 'drift.features.temp.floor=0.25', '--set', 'volume.silence=2h'];
    const { spec } = await json('monitor', 'configure', model, '--file', file, ...set);
    expect(spec).toMatchObject({
      consecutive: 4,
      drift: { mode: 'off', floor: 0.5, features: { temp: { floor: 0.25 } } },
      volume: { minimum: 5, silence: '2h' },
    });
  });

  test('are paused and resumed by a person', async () => {
    const paused = await run('monitor', 'pause', model, '--who', 'ann', '--reason', 'a holiday');
    expect(paused.stdout).toMatch(/^state +paused/m);
    expect(await json('monitor', 'resume', model, '--who', 'ann')).toMatchObject({ state: 'watching' });
  });

  test.each([
    [['configure', 'M'], 'nothing to change: expected --set path=value or --file'],
    [['configure', 'M', '--set', 'drift.floor'], '--set is "drift.floor": expected path=value'],
    [['configure', 'M', '--set', '=3'], 'expected path=value'],
    [['configure', 'M', '--set', 'drft.floor=0.5'], 'drft.floor is not to be changed: expected one of baselineDrop'],
    [['configure', 'M', '--set', 'window=1d'], 'window is not to be changed'],
    [['configure', 'M', '--set', 'drift.floor=-1'], 'drift.floor is -1'],
    [['configure', 'M', '--set', 'drift.flor=1'], 'drift.flor is not a known field'],
    [['configure', 'M', '--set', 'consecutive=many'], 'consecutive is "many"'],
    [['configure', 'M', '--set', 'consecutive.x=1'], 'it has no x; give it whole'],
    [['configure', 'M', '--set', 'alerts.sinks=["opps"]'], 'alerts.sinks.0 is "opps": expected a sink of this worker'],
    [['configure', 'M', '--file', '/nowhere.json'], '/nowhere.json'],
    [['pause', 'M', '--who', 'ann'], "required option '--reason <text>' not specified"],
    [['resume', 'M'], "required option '--who <name>' not specified"],
    [['status', 'a b'], 'model is "a b"'],
    [['status', 'M', '-e', 'a b'], 'environment is "a b"'],
    [['status', 'nobody'], 'monitor:nobody:production'],
  ])('%j is refused with what is accepted', async (args, words) => {
    const message = await refusal('monitor', ...args.map((arg) => (arg === 'M' ? model : arg)));
    expect(message).toContain(words);
  });

  test('a file that is no object is refused', async () => {
    const file = join(folder, 'list.json');
    await writeFile(file, '[]');
    expect(await refusal('monitor', 'configure', model, '--file', file)).toContain('is no JSON object');
  });
});

describe('alerts', () => {
  test('are listed with what was found, of a model and of all', async () => {
    const { stdout } = await run('alert', 'list', model);
    expect(stdout).toMatch(/^alert +state +severity +found +since +last\n/);
    expect(stdout).toMatch(new RegExp(`^${fingerprint} +open +high +\\d+× +2011-08-07 +2011-08-07\\n    \\S`, 'm'));
    expect(await json('alert', 'list')).toMatchObject([{ fingerprint }]);
    expect(await json('alert', 'list', model, '--kind', 'drift')).toEqual([]);
    expect(await json('alert', 'list', model, '--state', 'resolved')).toEqual([]);
    expect((await run('alert', 'list', model, '-e', 'staging')).stdout).toBe('nothing found\n');
  });

  test('are acknowledged, snoozed and resolved', async () => {
    const { id } = await json('alert', 'ack', fingerprint, '--who', 'ann', '--note', 'looking');
    const snoozed = await run('alert', 'snooze', id, '--who', 'ann', '--for', '3d');
    expect(snoozed.stdout).toMatch(/ snoozed until 2011-08-10 /);
    expect(snoozed.stdout).toContain('by ann: looking');
    expect(await json('alert', 'snooze', fingerprint, '--who', 'ann', '--until', '2011-08-12')).toMatchObject({
      snoozedUntil: '2011-08-12T00:00:00.000Z',
    });
    const resolved = await run('alert', 'resolve', fingerprint, '--who', 'bob', '--note', 'mended');
    expect(resolved.stdout).toContain('resolved 2011-08-07 by person: mended');
    expect(await refusal('alert', 'resolve', fingerprint, '--who', 'bob')).toContain('resolved already');
    expect(await json('alert', 'list', model)).toEqual([]);
    expect(await json('alert', 'list', model, '--state', 'all')).toMatchObject([{ id, state: 'resolved', who: 'bob' }]);
  });

  test.each([
    [['ack', 'bike', '--who', 'ann'], 'fingerprint is "bike": expected {model}:{environment}:{kind}:{subject}'],
    [['ack', 'bike:production:drift:temp'], "required option '--who <name>' not specified"],
    [['ack', 'nobody:production:drift:temp', '--who', 'ann'], 'monitor:nobody:production'],
    [['snooze', 'bike:production:drift:temp', '--who', 'ann'], 'expected exactly one of until'],
    [['snooze', 'bike:production:drift:temp', '--who', 'ann', '--for', 'long'], 'for is "long"'],
    [['list', '--state', 'new'], 'Allowed choices are unresolved'],
    [['list', '--kind', 'new'], 'Allowed choices are performance'],
    [['list', '--limit', 'few'], 'expected a whole number'],
    [['list', '--limit', '0'], 'limit is 0'],
    [['list', 'a b'], 'model is "a b"'],
  ])('%j is refused with what is accepted', async (args, words) => {
    expect(await refusal('alert', ...args)).toContain(words);
  });
});

describe('predictions', () => {
  test('one is shown with its outcome and features', async () => {
    expect(await json('prediction', 'show', model, 'p00003')).toMatchObject({
      predictionId: 'p00003',
      features: { x: 3 },
    });
    const { stdout } = await run('prediction', 'show', model, 'p00003');
    expect(stdout).toMatch(/^predictionId +p00003\n/m);
    expect(stdout).toMatch(/^feature +value\nx +3\n/m);
  });

  test('a unit is forgotten, and the audit entry does not say who it was', async () => {
    const rows = [1, 2].map((k) => prediction(k, { predictionId: `u${k}`, unit: 'jane' }));
    await loop.client.predictions.log({ model }, [...rows, prediction(3, { predictionId: 'u3', unit: 'joe' })]);
    const { stdout } = await run('prediction', 'forget', model, 'jane', '--who', 'ann', '--reason', 'she asked');
    expect(stdout).toMatch(/^predictions erased +2\n/);
    expect(stdout).not.toContain('jane');
    expect(await loop.client.predictions.find({ model }, 'u1')).toBeNull();
    expect(await loop.client.predictions.find({ model }, 'u3')).not.toBeNull();
    expect(await json('prediction', 'forget', model, 'nobody', '--who', 'ann', '--reason', 'r')).toMatchObject({
      predictions: 0,
      who: 'ann',
    });
    expect(await refusal('prediction', 'forget', model, '', '--who', 'ann', '--reason', 'r')).toContain(
      'subject is ""',
    );
    expect(await refusal('prediction', 'forget', model, 'jane', '--who', 'ann')).toContain("'--reason <text>'");
  });

  test('one that is not there is said so', async () => {
    expect(await refusal('prediction', 'show', model, 'p9')).toContain(`no prediction "p9" of ${model} in production`);
  });
});
