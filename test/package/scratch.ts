import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

  /** Runs a file of the project; resolves with what it printed and how it ended. */
  async node(...args: readonly string[]): Promise<{ code: number; out: string }> {
    try {
      const { stdout, stderr } = await run(process.execPath, [...args], {
        cwd: this.folder,
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
