import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = resolve(__dirname, '../..');
const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];

/** Packs the package as it would be published and returns the tarball. */
export async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    maxBuffer: 1 << 24,
  });
  // `prepack` may print before the JSON.
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }];
  return join(folder, filename);
}

/** The run's engines under the names by which users give theirs. */
function environment(): NodeJS.ProcessEnv {
  const { LOOPWRIGHT_TEST_TEMPORAL: temporal, LOOPWRIGHT_TEST_MONGODB: mongodb } = process.env;
  return { ...process.env, TEMPORAL_ADDRESS: temporal, MONGODB_URI: mongodb };
}

/** A project of somebody else's. */
export class Scratch {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(packages: readonly string[]): Promise<Scratch> {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-scratch-'));
    const scratch = new Scratch(folder);
    await scratch.write('package.json', JSON.stringify({ name: 'scratch', private: true, type: 'commonjs' }));
    await run('npm', ['install', ...QUIET, ...packages], { cwd: folder, maxBuffer: 1 << 24 });
    return scratch;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  /** Copies a file of the repository into the project. */
  async copy(from: string, to: string): Promise<void> {
    await mkdir(dirname(join(this.folder, to)), { recursive: true });
    await copyFile(join(ROOT, from), join(this.folder, to));
  }

  /** Every file under a folder of the project, sorted. */
  async files(under: string): Promise<string[]> {
    const found = await readdir(join(this.folder, under), { recursive: true, withFileTypes: true });
    const names = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return names.map((name) => relative(join(this.folder, under), name)).sort();
  }

  /** Runs a file of the project; resolves with what it printed and how it ended. */
  node(...args: readonly string[]): Promise<{ code: number; out: string }> {
    return this.command(process.execPath, ...args);
  }

  /** Starts a file of the project, waits until it prints some words, and returns what ends it. */
  async start(file: string, words: string): Promise<() => Promise<void>> {
    const child = spawn(process.execPath, [file], { cwd: this.folder, env: environment() });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    let out = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes(words)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${out}`)));
    });
    return () => {
      child.kill('SIGTERM');
      return ended;
    };
  }

  /** Runs a command in the project. */
  async command(name: string, ...args: readonly string[]): Promise<{ code: number; out: string }> {
    try {
      const { stdout, stderr } = await run(name, args, {
        cwd: this.folder,
        env: environment(),
        maxBuffer: 1 << 24,
        timeout: 60_000,
      });
      return { code: 0, out: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    }
  }

  /** Megabytes of its node_modules. */
  async megabytes(): Promise<number> {
    const { stdout } = await run('du', ['-sm', 'node_modules'], { cwd: this.folder });
    return Number.parseInt(stdout, 10);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
