import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { STAGE_LIMITS } from '../../src/contracts';
import { openStores } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { LocalFolder, sha256Of } from '../support/local-folder';
import { many } from '../support/rows';

let opened: TestStores;
let local: LocalFolder;
beforeAll(async () => {
  opened = await openTestStores();
  local = await LocalFolder.open();
});
afterAll(async () => {
  await opened.close();
  await local.close();
});

const files = () => opened.stores.artifactFiles;
const claims = () => opened.db.collection<{ _id: string; owners: string[]; spare: unknown[] }>('artifactClaims');
const MIB = 1024 * 1024;
const never = () => Promise.resolve(false);

describe('a file', () => {
  test('comes back as it was, under its digest', async () => {
    const [path, back] = [local.fresh(), join(local.fresh(), 'a', 'b')];
    const bytes = Buffer.concat(many(5, (k) => Buffer.alloc(700_001, `part ${k}`)));
    await writeFile(path, bytes);
    const ref = await files().store(path, 'me');
    const sha256 = sha256Of(bytes);
    expect(ref).toEqual({ sha256, bytes: bytes.length, uri: `artifact:file/${sha256}` });
    expect(await files().refOf(path)).toEqual(ref);
    expect(Buffer.compare(Buffer.from(await opened.stores.artifacts.get(sha256)), bytes)).toBe(0);
    await files().fetch(ref, back);
    expect(Buffer.compare(await readFile(back), bytes)).toBe(0);
  });

  test('of any size takes little memory on its way', async () => {
    const [path, back] = [local.fresh(), local.fresh()];
    await writeFile(path, '');
    await truncate(path, 256 * MIB);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
    try {
      await files().fetch(await files().store(path, 'me'), back);
    } finally {
      clearInterval(look);
    }
    expect((await stat(back)).size).toBe(256 * MIB);
    expect(most).toBeLessThan(160 * MIB);
    expect(most).toBeGreaterThan(0);
  });

  test('that is empty is a file as well, and rights are not kept', async () => {
    const [path, back] = [local.fresh(), local.fresh()];
    await writeFile(path, '');
    await chmod(path, 0o755);
    const ref = await files().store(path, 'me');
    expect(ref).toMatchObject({ bytes: 0, sha256: sha256Of('') });
    await files().fetch(ref, back);
    expect((await stat(back)).size).toBe(0);
    expect((await stat(back)).mode & 0o111).toBe(0);
  });

  test('with the bytes of an artifact is that artifact', async () => {
    const path = local.fresh();
    await writeFile(path, 'shared bytes');
    const digest = await opened.stores.artifacts.put(Buffer.from('shared bytes'), 'they');
    expect(await files().store(path, 'me')).toMatchObject({ sha256: digest });
    expect((await claims().findOne({ _id: digest }))!.owners).toEqual(['they', 'me']);
    expect(await opened.db.collection('artifacts.files').countDocuments({ filename: digest })).toBe(1);
  });

  test('stored from many places at once is stored once', async () => {
    const path = local.fresh();
    await writeFile(path, Buffer.alloc(3_000_000, 'crowd'));
    const both = [opened.stores, openStores(opened.mongo, opened.db)];
    const refs = await Promise.all(many(6, (k) => both[k % 2]!.artifactFiles.store(path, `owner${k}`)));
    expect(new Set(refs.map(({ sha256 }) => sha256)).size).toBe(1);
    const { sha256, uri } = refs[0]!;
    expect(await opened.db.collection('artifacts.files').countDocuments({ filename: sha256 })).toBe(1);
    expect(await claims().findOne({ _id: sha256 })).toMatchObject({ spare: [] });
    await files().fetch({ sha256, uri, bytes: 3_000_000 }, local.fresh());
  });

  test('never overwrites what is there', async () => {
    const [path, taken] = [local.fresh(), local.fresh()];
    await writeFile(path, 'new');
    await writeFile(taken, 'old');
    const ref = await files().store(path, 'me');
    await expect(files().fetch(ref, taken)).rejects.toThrow('EEXIST');
    expect(await readFile(taken, 'utf8')).toBe('old');
    const link = local.fresh();
    await symlink(local.fresh(), link);
    await expect(files().fetch(ref, link)).rejects.toThrow('EEXIST');
  });

  test('that changes while it is stored is refused and leaves nothing', async () => {
    const path = local.fresh();
    await writeFile(path, Buffer.alloc(40_000_000, 'a'));
    const storing = files().store(path, 'me');
    const timer = setInterval(() => void truncate(path, 39_000_000 - Math.floor(performance.now())), 1);
    try {
      await expect(storing).rejects.toThrow(`${path} was changed while it was stored`);
    } finally {
      clearInterval(timer);
    }
    const left = await claims().find({ owners: 'me', file: null }).toArray();
    expect(left.map(({ spare }) => spare)).toEqual([[]]);
    for (const { _id } of left)
      expect(await opened.db.collection('artifacts.chunks').countDocuments({ files_id: _id })).toBe(0);
  });
});

describe('a folder', () => {
  const contents = { 'b.txt': 'b', 'a/z.txt': 'z', 'a/a.txt': 'b', 'Ä ö/ü.txt': 'ü', 'a.b/c': '', __proto__x: 'p' };

  test('is the list of its files, by path', async () => {
    const root = await local.of(contents);
    const ref = await files().store(root, 'me');
    const list = Object.entries(contents)
      .map(([path, text]) => ({ bytes: Buffer.byteLength(text), path, sha256: sha256Of(text) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    const text = JSON.stringify(list);
    expect(ref).toEqual({ sha256: sha256Of(text), bytes: 6, uri: `artifact:folder/${sha256Of(text)}` });
    expect(Buffer.from(await opened.stores.artifacts.get(ref.sha256)).toString()).toBe(text);
    expect(await files().refOf(root)).toEqual(ref);
    const back = join(local.fresh(), 'deeper');
    await files().fetch(ref, back);
    expect(await files().refOf(back)).toEqual(ref);
    expect(await readFile(join(back, 'Ä ö/ü.txt'), 'utf8')).toBe('ü');
  });

  test('loses the folders in it that hold no file; an empty one is a folder all the same', async () => {
    const root = await local.of({});
    const empty = await files().store(root, 'me');
    expect(empty).toMatchObject({ bytes: 0, sha256: sha256Of('[]') });
    await mkdir(join(root, 'a', 'b'), { recursive: true });
    expect(await files().store(root, 'me')).toEqual(empty);
    const back = local.fresh();
    await files().fetch(empty, back);
    expect(readdirSync(back)).toEqual([]);
  });

  test('is not put where something is', async () => {
    const ref = await files().store(await local.of({ a: 'a' }), 'me');
    const taken = await local.of({ b: 'b' });
    await expect(files().fetch(ref, taken)).rejects.toThrow('EEXIST');
    expect(readdirSync(taken)).toEqual(['b']);
  });

  test('of too many files is refused', async () => {
    const root = await local.of({});
    for (let k = 0; k <= STAGE_LIMITS.files; k += 1) await writeFile(join(root, `${k}`), '');
    await expect(files().store(root, 'me')).rejects.toThrow(`${root} holds more than 10000 files or folders`);
  });

  test('that is discarded with its owner is gone, but for what others claim', async () => {
    const { artifacts } = opened.stores;
    const ref = await files().store(await local.of({ a: 'only mine', b: 'also theirs' }), 'pipeline/r1');
    const theirs = await artifacts.put(Buffer.from('also theirs'), 'they');
    await artifacts.discard('pipeline/r1', never);
    expect(await artifacts.exists(ref.sha256)).toBe(false);
    expect(await artifacts.exists(sha256Of('only mine'))).toBe(false);
    expect(await artifacts.exists(theirs)).toBe(true);
    await expect(files().fetch(ref, local.fresh())).rejects.toThrow(`artifact ${ref.sha256} is not in the store`);
  });
});

describe('refused, naming what it is', () => {
  test.each<[string, (path: string) => Promise<unknown>]>([
    ['a symbolic link', (path) => symlink('/etc/passwd', path)],
    ['a named pipe', async (path) => execFileSync('mkfifo', [path])],
  ])('%s', async (kind, make) => {
    const root = await local.of({ 'sub/a': 'a' });
    const path = join(root, 'sub', 'odd');
    await make(path);
    for (const given of [path, root])
      for (const call of [() => files().store(given, 'me'), () => files().refOf(given)])
        await expect(call()).rejects.toThrow(`${path} is ${kind}: only files and folders can be stored`);
  });

  test('a socket', async () => {
    const root = await local.of({ a: 'a' });
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(root, 's'), done));
    try {
      await expect(files().store(root, 'me')).rejects.toThrow(`${join(root, 's')} is a socket`);
    } finally {
      server.close();
    }
  });

  test('a device, and a path that is not there', async () => {
    await expect(files().store('/dev/null', 'me')).rejects.toThrow('/dev/null is a device');
    const path = local.fresh();
    await expect(files().store(path, 'me')).rejects.toThrow(path);
  });

  test('a name that is no text: it would be found by another one', async () => {
    const root = await local.of({ a: '' });
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), '');
    await expect(files().store(root, 'me')).rejects.toThrow(`${root}/\ufffd: a name must be UTF-8`);
  });

  test('a name that holds a backslash', async () => {
    const root = await local.of({ 'a\\..\\b': '' });
    await expect(files().store(root, 'me')).rejects.toThrow('must not hold a backslash');
  });
});
