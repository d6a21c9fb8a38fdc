import { existsSync, readdirSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { artifactUri, STAGE_LIMITS } from '../../src/contracts';
import type { ArtifactRef } from '../../src/contracts';
import { ArtifactCorruptError } from '../../src/stores';
import { canonicalJson } from '../../src/stores/unique-batch';
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

/** A reference to a list of files that nobody made of a folder. */
async function listRef(list: unknown, bytes = 1): Promise<ArtifactRef> {
  const text = typeof list === 'string' ? list : canonicalJson(list);
  const sha256 = await opened.stores.artifacts.put(Buffer.from(text), 'forger');
  return { sha256, bytes, uri: artifactUri('folder', sha256) };
}

describe('what is stored is not believed', () => {
  const sha256 = sha256Of('good');
  const good = { path: 'a', sha256, bytes: 4 };
  beforeAll(() => opened.stores.artifacts.put(Buffer.from('good'), 'me'));

  test('a list like ours is', async () => {
    const path = local.fresh();
    await files().fetch(await listRef([good], 4), path);
    expect(await readFile(join(path, 'a'), 'utf8')).toBe('good');
  });

  test.each<[string, unknown]>([
    ['leads up', [{ ...good, path: '../up' }]],
    ['leads up on the way', [{ ...good, path: 'a/../../up' }]],
    ['is absolute', [{ ...good, path: '/tmp/absolute' }]],
    ['is the folder', [{ ...good, path: '.' }]],
    ['is empty', [{ ...good, path: '' }]],
    ['has an empty part', [{ ...good, path: 'a//b' }]],
    ['holds NUL', [{ ...good, path: 'a\0b' }]],
    ['leads up elsewhere', [{ ...good, path: 'a\\..\\..\\b' }]],
    ['comes twice', [good, good]],
    ['is no text', [{ ...good, path: 1 }]],
    ['is in disorder', [{ ...good, path: 'b' }, good]],
    ['has a digest that is none', [{ ...good, sha256: '$where' }]],
    ['has a length that is none', [{ ...good, bytes: -1 }]],
    ['has more to it', [{ ...good, mode: 0o777 }]],
    ['is none', { length: 0 }],
    ['is no JSON', '['],
    ['is spaced out', '[ ]'],
    ['is too long', many(STAGE_LIMITS.files + 1, (k) => ({ ...good, path: `p${String(k).padStart(6, '0')}` }))],
  ])('a list whose path %s is refused', async (_, list) => {
    const path = join(local.fresh(), 'inner');
    const ref = await listRef(list);
    await expect(files().fetch(ref, path)).rejects.toThrow(ArtifactCorruptError);
    await expect(files().fetch(ref, path)).rejects.toThrow("is not a folder's list of files");
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('a huge file that calls itself a list is not read', async () => {
    const path = local.fresh();
    await writeFile(path, '');
    await truncate(path, 65 * 1024 * 1024);
    const { sha256: huge, bytes } = await files().store(path, 'me');
    const ref = { sha256: huge, bytes, uri: artifactUri('folder', huge) };
    await expect(files().fetch(ref, local.fresh())).rejects.toThrow('is not a folder');
  });

  test('a reference that says something else is refused', async () => {
    const uri = artifactUri('file', sha256);
    const refuse = (ref: ArtifactRef) =>
      expect(files().fetch(ref, local.fresh())).rejects.toThrow(ArtifactCorruptError);
    await refuse({ sha256, bytes: 5, uri });
    await refuse({ sha256, bytes: 4, uri: artifactUri('file', 'b'.repeat(64)) });
    await refuse({ sha256, bytes: 4, uri: `file:///etc/passwd` });
    await refuse(await listRef([good], 5));
  });

  test.each([
    ['is altered', Buffer.from('evil')],
    ['is cut off', Buffer.from('go')],
  ])('a file that %s is removed again', async (_, data) => {
    const root = await local.of({ a: `first ${data.toString()}`, b: `second ${data.toString()}` });
    const ref = await files().store(root, 'me');
    const single = await files().refOf(join(root, 'b'));
    await opened.db.collection('artifacts.chunks').updateOne({ files_id: single.sha256 }, { $set: { data } });
    const parent = local.fresh();
    for (const each of [ref, single]) {
      await expect(files().fetch(each, join(parent, 'x'))).rejects.toThrow(ArtifactCorruptError);
      expect(readdirSync(parent)).toEqual([]);
    }
  });
});
