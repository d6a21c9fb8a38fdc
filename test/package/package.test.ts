import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pack, ROOT, Scratch } from './scratch';

jest.setTimeout(400_000);

const PEERS = ['client', 'common', 'workflow'].map((name) => `@temporalio/${name}@1.24`);
const WORKER = ['activity', 'worker'].map((name) => `@temporalio/${name}@1.24`);

let folder: string;
let tarball: string;
let full: Scratch;
let lean: Scratch;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-pack-'));
  tarball = await pack(folder);
  full = await Scratch.create([tarball, ...PEERS, ...WORKER]);
  lean = await Scratch.create([tarball, ...PEERS]);
  await full.write('workflows.js', readFileSync(join(ROOT, 'examples/workflows.js'), 'utf8'));
  await full.write(
    'reexported.js',
    "module.exports = { ...require('./workflows'), ...require('loopwright/workflows') };",
  );
  await full.write('clash.js', "module.exports = { 'loopwright.deployModel': async function mine() {} };");
  await full.write('setup.js', SETUP);
});
afterAll(async () => {
  await full.remove();
  await lean.remove();
  await rm(folder, { recursive: true });
});

/** Runs the user's workflow and one of ours on one worker, then says so. */
const SETUP = `
const { Client, Connection } = require('@temporalio/client');
const { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const { MongoClient } = require('mongodb');
const { LoopwrightPlugin } = require('loopwright');
const { LoopwrightClient } = require('loopwright/client');
const [setup] = process.argv.slice(2);
const address = process.env.LOOPWRIGHT_TEST_TEMPORAL;
const database = 'package-' + setup + '-' + process.pid;
const plugin = new LoopwrightPlugin({ mongodb: { uri: process.env.LOOPWRIGHT_TEST_MONGODB, database } });
Runtime.install({ logger: new DefaultLogger('ERROR') });
const path = (name) => require.resolve('./' + name);
const bundle = (options) => bundleWorkflowCode({ logger: new DefaultLogger('ERROR'), ...options });
const setups = {
  reexported: async () => ({ workflowsPath: path('reexported') }),
  none: async () => ({}),
  composed: async () => ({ workflowsPath: path('workflows') }),
  prebuilt: async () => ({ workflowBundle: await bundle({ workflowsPath: path('workflows'), plugins: [plugin] }) }),
  'prebuilt-reexported': async () => ({ workflowBundle: await bundle({ workflowsPath: path('reexported') }) }),
  lacking: async () => ({ workflowBundle: await bundle({ workflowsPath: path('workflows') }) }),
  clash: async () => ({ activities: { 'loopwright.takeLook': async () => 'mine' } }),
  'workflow-clash': async () => ({ workflowsPath: path('clash') }),
};
(async () => {
  const options = await setups[setup]();
  const nativeConnection = await NativeConnection.connect({ address });
  const taskQueue = database;
  const worker = await Worker.create({ connection: nativeConnection, taskQueue, plugins: [plugin], ...options });
  const mongo = await MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB);
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection });
  await worker.runUntil(async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    if (setup === 'workflow-clash') {
      const handle = await temporal.workflow.start('loopwright.deployModel', { workflowId: database, taskQueue, args: [] });
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const { events } = await handle.fetchHistory();
      const failed = events.find((event) => event.workflowTaskFailedEventAttributes);
      await handle.terminate('seen');
      console.log('task failed:', failed && failed.workflowTaskFailedEventAttributes.failure.message);
      return;
    }
    if (setup !== 'none') console.log(await temporal.workflow.execute('hello', { workflowId: database, taskQueue, args: ['you'] }));
    const client = new LoopwrightClient({ temporal, mongo, db: mongo.db(database), taskQueue });
    await client.models.register({ model: 'm', key: 'k', artifact: Buffer.from(JSON.stringify({ format: 'loopwright/logistic-regression@1', features: [], coefficients: [], intercept: 0, trainedRows: 2 })) });
    const target = { model: 'm', environment: database };
    await client.deployments.deploy(target, 1, { who: 'test', reason: 'first' });
    console.log('serves', (await client.deployments.current(target)).champion);
    await temporal.workflow.getHandle('deployment:m:' + database).terminate('seen');
  });
  await mongo.db(database).dropDatabase();
  await mongo.close();
})().then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

describe('a worker in somebody else’s project', () => {
  test.each(['reexported', 'composed', 'prebuilt', 'prebuilt-reexported'])(
    '%s: runs their workflow and ours',
    async (setup) => {
      const { code, out } = await full.node('setup.js', setup);
      expect(out).toContain('hello you');
      expect(out).toContain('serves 1');
      expect(code).toBe(0);
    },
  );

  test('without workflows of their own ours run', async () => {
    const { code, out } = await full.node('setup.js', 'none');
    expect(out).toContain('serves 1');
    expect(code).toBe(0);
  });

  test('a prebuilt bundle without ours is refused with the line to add', async () => {
    const { code, out } = await full.node('setup.js', 'lacking');
    expect(code).toBe(1);
    expect(out).toContain('lacks loopwright.monitorModel');
    expect(out).toContain("export * from 'loopwright/workflows'");
  });

  test('a clash of activities is refused at start, a clash of workflows when it would run', async () => {
    const activities = await full.node('setup.js', 'clash');
    expect(activities.out).toContain('activity loopwright.takeLook is registered by you and by Loopwright');
    const workflows = await full.node('setup.js', 'workflow-clash');
    expect(workflows.out).toContain('workflow loopwright.deployModel is exported by your workflows and by Loopwright');
  });
});

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string; default: string }>;
    typesVersions: { '*': Record<string, string[]> };
  };
  const entries = Object.entries(manifest.exports).filter(
    (entry): entry is [string, { types: string; default: string }] => typeof entry[1] !== 'string',
  );

  test.each(entries)('%s has its files and its twin for old resolvers', (name, { types, default: file }) => {
    const installed = join(full.folder, 'node_modules/loopwright');
    expect(existsSync(join(installed, types))).toBe(true);
    expect(existsSync(join(installed, file))).toBe(true);
    if (name !== '.') expect(manifest.typesVersions['*'][name.slice(2)]).toEqual([types]);
  });

  test('every entry loads by require and by import', async () => {
    const names = entries.map(([name]) => name.replace('.', 'loopwright'));
    await full.write('require.js', names.map((name) => `require('${name}');`).join('\n'));
    await full.write(
      'import.mjs',
      names
        .map(
          (name, index) =>
            `import * as e${index} from '${name}'; if (Object.keys(e${index}).length < 2) throw new Error('${name}');`,
        )
        .join('\n'),
    );
    expect(await full.node('require.js')).toEqual({ code: 0, out: '' });
    expect(await full.node('import.mjs')).toEqual({ code: 0, out: '' });
  });

  test('lib is what the sources compile to, and nothing else', async () => {
    const files = await full.files('node_modules/loopwright');
    const sources = ['src', 'workflows', 'activities'].flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file}`),
    );
    const stems = sources
      .filter((file) => /(?<!\.d)\.ts$/.test(file))
      .map((file) => `lib/${file.slice(0, -'.ts'.length)}`);
    expect(stems.length).toBeGreaterThan(100);
    // A file that Temporal's bundler would prefer to the .js beside it, or a build's own state, would show here.
    const code = files.filter((file) => file.endsWith('.js') || file.endsWith('.ts') || file.startsWith('lib/'));
    const declarations = code.filter((file) => file.endsWith('.d.ts'));
    expect(code.filter((file) => !file.endsWith('.d.ts'))).toEqual(stems.map((stem) => `${stem}.js`).sort());
    expect(declarations.filter((file) => !stems.includes(file.slice(0, -'.d.ts'.length)))).toEqual([]);
  });

  test('every declaration that an entry reaches is shipped: one that is missing would be any', () => {
    const folder = join(full.folder, 'node_modules/loopwright');
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { types: string }>;
    };
    const todo = Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : join(folder, entry.types),
    );
    expect(todo.length).toBeGreaterThan(5);
    const reached = new Set<string>();
    const missing: string[] = [];
    for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g)) {
        const stem = join(dirname(file), path!);
        const found = [`${stem}.d.ts`, join(stem, 'index.d.ts')].find((candidate) => existsSync(candidate));
        if (found === undefined) missing.push(`${file} imports ${path}`);
        else todo.push(found);
      }
    }
    expect(missing).toEqual([]);
    expect(reached.size).toBeGreaterThan(100);
  });

  test('the command runs from an installed package', async () => {
    const { code, out } = await full.command('npx', '--no-install', 'loopwright', '--help');
    expect(code).toBe(0);
    expect(out).toContain('demo');
  });

  test.each([[['frobnicate']], [['demo', '--frobnicate']], [['monitor', 'status']]])(
    '%j given to the command ends with 1 and the way to the help',
    async (args) => {
      const { code, out } = await full.node('node_modules/.bin/loopwright', ...args);
      expect(code).toBe(1);
      expect(out).toContain('--help');
    },
  );
});

test('a service needs the client only: no worker, no native code, at most 60 MB', async () => {
  await lean.write(
    'service.js',
    "const { LoopwrightClient } = require('loopwright/client'); console.log(typeof LoopwrightClient.connect);",
  );
  expect(await lean.node('service.js')).toEqual({ code: 0, out: 'function\n' });
  expect(existsSync(join(lean.folder, 'node_modules/@temporalio/worker'))).toBe(false);
  expect(existsSync(join(lean.folder, 'node_modules/@temporalio/core-bridge'))).toBe(false);
  expect((await lean.files('node_modules')).filter((file) => file.endsWith('.node'))).toEqual([]);
  const megabytes = await lean.megabytes();
  process.stdout.write(`node_modules of a service: ${megabytes} MB\n`);
  expect(megabytes).toBeLessThanOrEqual(60);
});

test('without OpenFeature the services load, and its provider names the package that it lacks', async () => {
  await lean.write(
    'flags.js',
    "require('loopwright/services').createOpenFeatureProvider({}).catch((error) => console.log(error.message));",
  );
  expect(await lean.node('flags.js')).toEqual({
    code: 0,
    out: 'the provider needs @openfeature/server-sdk, which is not installed: npm install @openfeature/server-sdk\n',
  });
});

test('the example runs as it stands, and again', async () => {
  for (const file of ['worker.js', 'service.js', 'workflows.js'])
    await full.copy(`examples/${file}`, `example/${file}`);
  const stop = await full.start('example/worker.js', 'RUNNING');
  try {
    for (const _run of ['first', 'second']) {
      const { code, out } = await full.node('example/service.js');
      expect(out).toMatch(/champion: 1/);
      for (const what of ['prediction', 'outcome']) {
        expect(out).toMatch(new RegExp(`${what}: \\{\\s+logged: 1,\\s+duplicates: 0,\\s+quarantined: \\[\\]`));
      }
      expect(code).toBe(0);
    }
  } finally {
    await stop();
  }
});
