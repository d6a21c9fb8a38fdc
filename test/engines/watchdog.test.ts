import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually, newFolder, plant, processesWith, removeFolders } from './temporary';

const SERVER = join(__dirname, '../../src/engines/process.ts');

/** A program that starts a server and then ends as the test says; TypeScript is compiled as it is loaded. */
const PROGRAM = `
const { transformFileSync } = require('@swc/core');
require.extensions['.ts'] = (module, file) =>
  module._compile(transformFileSync(file, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }).code, file);
const { startServer } = require(process.env.SERVER);
const { mkdirSync } = require('node:fs');
mkdirSync(process.env.FOLDER);
startServer({
  name: 'fake', path: process.env.FAKE, parameters: [], logFile: process.env.FOLDER + '/log',
  temporaryFolder: process.env.FOLDER, environment: process.env,
}).then(() => {
  console.log('started');
  if (process.env.END === 'exit') process.exit(0);
  if (process.env.END === 'throw') setTimeout(() => { throw new Error('uncaught'); });
  if (process.env.END !== 'idle') setInterval(() => undefined, 1_000);
});
`;

afterEach(removeFolders);

describe('a server ends with our process', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'exit', 'throw', 'idle'])('by %s, and its folder goes', async (end) => {
    const home = newFolder();
    const folder = join(home, 'data');
    // a new name for each, to find it among the processes
    const fake = plant(home, 'fake-server', 'while true; do sleep 0.1; done');
    const child = spawn(process.execPath, ['-e', PROGRAM], {
      cwd: __dirname,
      env: { ...process.env, NODE_OPTIONS: '', SERVER, FOLDER: folder, FAKE: fake, END: end },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    await once(createInterface(child.stdout), 'line');
    if (end.startsWith('SIG')) {
      expect(processesWith(fake)).toHaveLength(1);
      child.kill(end as NodeJS.Signals);
    }
    await exited;
    await eventually('the server ended', () => processesWith(fake).length === 0);
    await eventually('its folder is gone', () => !existsSync(folder));
  });

  it('even one that ignores SIGTERM', async () => {
    const home = newFolder();
    const fake = plant(home, 'fake-server', "trap '' TERM; while true; do sleep 0.1; done");
    const child = spawn(process.execPath, ['-e', PROGRAM], {
      cwd: __dirname,
      env: { ...process.env, NODE_OPTIONS: '', SERVER, FOLDER: join(home, 'data'), FAKE: fake, END: 'wait' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    await once(createInterface(child.stdout), 'line');
    child.kill('SIGKILL');
    await exited;
    await eventually('the server ended', () => processesWith(fake).length === 0);
  });
});
