import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { createPipelineActivities } from '../../activities/pipeline';
import { StageLog } from '../../activities/pipeline-log';
import { variablesOf } from '../../activities/pipeline-variables';
import { Workspace } from '../../activities/pipeline-workspace';
import type { Images } from '../../src/adapters/executor';
import { STAGE_LIMITS } from '../../src/contracts';
import type { StageExecutor, StageJob } from '../../src/contracts';
import { MONGO_OPTIONS, openStores } from '../../src/stores';
import { functions, inContext, openTestActivities } from '../support/pipeline-activities';
import { createImages } from '../../src/adapters/executor';
import { stageInput } from '../support/pipelines';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'space-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder that only its user may enter, with every path under its root', async () => {
  const space = await Workspace.open(folder, false);
  expect(statSync(join(space.root, '..')).mode & 0o777).toBe(0o700);
  expect(space.at('/data//x/')).toBe(join(space.root, 'data/x'));
  expect(space.at('out/y')).toBe(join(space.root, 'loopwright/work/out/y'));
  expect(space.seen('/data/x/')).toBe(join(space.root, 'data/x'));
  for (const path of ['/..', '/../../etc/passwd', '../../../x', '/'])
    expect(() => space.at(path)).toThrow("leads out of the stage's folder");
  await space.close();
  expect(existsSync(space.root)).toBe(false);
});

test('a container sees paths as the pipeline says them', async () => {
  const space = await Workspace.open(folder, true);
  expect([space.seen('/data//x/'), space.seen('out/y'), space.seen('.')]).toEqual([
    ...['/data/x', '/loopwright/work/out/y', '/loopwright/work'],
  ]);
  await space.close();
});

test('what a stage made too deep for a path is removed', async () => {
  const space = await Workspace.open(folder, false);
  // 12 000 bytes of path, and two ways down.
  const down =
    "const n = 'd'.repeat(200); for (let k = 0; k < 60; k += 1) fs.mkdirSync(n), fs.mkdirSync('x'), process.chdir(n)";
  execFileSync(process.execPath, ['-e', `${down}; fs.writeFileSync('f', '')`], { cwd: space.root });
  await space.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be made whole is not left in part', async () => {
  const parent = join(folder, 'full');
  mkdirSync(parent);
  // The path of the working folder is longer than a path may be, as where a disk has no room for one more folder.
  const long = join(parent, ...Array.from({ length: 16 }, () => 'p'.repeat(250)));
  mkdirSync(long, { recursive: true });
  const near = join(long, 'q'.repeat(4_095 - long.length - '/loopwright-123456/root'.length - 3));
  mkdirSync(near);
  await expect(Workspace.open(near, false)).rejects.toThrow('ENAMETOOLONG');
  expect(readdirSync(near)).toEqual([]);
  rmSync(parent, { recursive: true });
});

test('a log begins with the first of it, and ends where it is too long', () => {
  const log = new StageLog(join(folder, 'log'));
  log.write('');
  expect([log.isEmpty, existsSync(log.path), log.tail()]).toEqual([true, false, '']);
  const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
  for (let k = 0; k < 5; k += 1) log.write(chunk);
  log.write(`${'é'.repeat(STAGE_LIMITS.tail)}end\n`);
  log.close();
  const text = readFileSync(log.path, 'utf8');
  expect(text.slice(STAGE_LIMITS.logBytes)).toBe('\n[what follows is left out: a log has at most 67108864 bytes]\n');
  // A failure tells how it ended all the same.
  expect(log.tail()).toBe(`${'é'.repeat(STAGE_LIMITS.tail - 4)}end`);
});

test('a log that is exactly as long as it may be leaves nothing out, until more comes', () => {
  const log = new StageLog(join(folder, 'exact'));
  log.write(Buffer.alloc(STAGE_LIMITS.logBytes, 'x'));
  expect(statSync(log.path).size).toBe(STAGE_LIMITS.logBytes);
  for (const more of ['y', 'z']) log.write(more);
  log.close();
  const note = `\n[what follows is left out: a log has at most ${STAGE_LIMITS.logBytes} bytes]\n`;
  expect(readFileSync(log.path).subarray(STAGE_LIMITS.logBytes).toString()).toBe(note);
});

test('a log that cannot be written says so each time, and is not there', () => {
  const log = new StageLog(join(folder, 'nowhere', 'log'));
  for (const word of ['a', 'b']) expect(() => log.write(word)).toThrow('ENOENT');
  expect(log.isEmpty).toBe(true);
});

test('an item is a variable beside all others', () => {
  const told = {
    ...{ pipeline: 'p', run: 'r', stage: 's', attempt: 2, date: '2026-11-25', parameters: {} },
    item: { index: 0, value: 'x' },
  };
  const rest = { inputs: { 'a-b': { path: '/i' } }, outputs: {}, hyperparameters: {} };
  expect(variablesOf({ ...told, ...rest }, { told: '/t', metrics: '/m' })).toMatchObject({
    ...{ LOOPWRIGHT_ITEM: 'x', LOOPWRIGHT_ATTEMPT: '2', LOOPWRIGHT_INPUT_A_B: '/i' },
  });
});

describe('with a database', () => {
  let opened: Awaited<ReturnType<typeof openTestActivities>>;
  beforeAll(async () => {
    opened = await openTestActivities();
  });
  afterAll(() => opened.close());

  test('a container is given our folder, the folders of its outputs and, to read, what lies at paths', async () => {
    const jobs: StageJob[] = [];
    const executor: StageExecutor = {
      kind: 'docker',
      contained: true,
      version: () => Promise.resolve('v'),
      run: (job) => {
        jobs.push(job);
        return Promise.resolve({ code: 1 });
      },
    };
    const images: Images = { ...createImages({ paths: { '/data': __dirname } }), executorOf: () => executor, folder };
    const on = createPipelineActivities({ stores: opened.stores, images });
    const stage = stageInput('a', {
      inputs: [{ name: 'i', path: '/data/pipeline-workspace.test.ts' }],
      outputs: [
        { name: 'deep', path: '/out/models/' },
        { name: 'file', path: '/out/report.html' },
        { name: 'own', path: 'x/y' },
      ],
    });
    const { run } = await inContext(() => opened.open(on, [stage]));
    await expect(inContext(() => on.runStage({ run, stage: 'a', unit: 0 }))).rejects.toThrow('exit code 1');
    const [{ mounts, root, told, env, id }] = jobs as [StageJob];
    expect(mounts).toEqual(
      [
        ['/out', false],
        ['/loopwright', false],
        ['/out/models', false],
        ['/data/pipeline-workspace.test.ts', true],
      ].map(([path, readOnly]) => ({ host: join(root, path as string), path, readOnly })),
    );
    expect(told).toMatchObject({
      inputs: { i: { path: '/data/pipeline-workspace.test.ts' } },
      outputs: { deep: '/out/models', file: '/out/report.html', own: '/loopwright/work/x/y' },
    });
    expect(env).toMatchObject({
      LOOPWRIGHT_METRICS_FILE: '/loopwright/metrics.json',
      LOOPWRIGHT_OUTPUT_FILE: '/out/report.html',
    });
    expect(id).toMatch(/^[A-Za-z0-9-]+$/);
  });

  test('a stage that is given and leaves nothing costs few calls of the database', async () => {
    const mongo = await MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB!, {
      ...MONGO_OPTIONS,
      monitorCommands: true,
    });
    const stores = openStores(mongo, mongo.db(opened.db.databaseName, MONGO_OPTIONS));
    const images = createImages(functions({ 'worker:v1': () => Promise.resolve() }));
    const on = createPipelineActivities({ stores, images });
    const { run } = await inContext(() => opened.open(on, [stageInput('a'), stageInput('b', { dependsOn: ['a'] })]));
    const commands: string[] = [];
    mongo.on('commandStarted', ({ commandName }) => commands.push(commandName));
    await inContext(() => on.runStage({ run, stage: 'a', unit: 0 }));
    // The first one reads the run and its pipeline.
    expect(commands).toEqual(['find', 'update', 'update']);
    commands.length = 0;
    await inContext(() => on.runStage({ run, stage: 'b', unit: 0 }));
    expect(commands).toEqual(['update', 'update']);
    await mongo.close();
  });
});
