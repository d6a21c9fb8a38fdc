import { appendFile, writeFile } from 'node:fs/promises';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { piecesOf } from '../../src/stores/local-file';
import { LocalFolder } from '../support/local-folder';

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

const MIB = 1024 * 1024;

test('a file that grows as fast as it is read comes to an end', async () => {
  const path = local.fresh();
  await writeFile(path, Buffer.alloc(5 * MIB));
  let bytes = 0;
  for await (const piece of piecesOf(path)) {
    bytes += piece.length;
    if (bytes > 50 * MIB) throw new Error('it goes on');
    await appendFile(path, Buffer.alloc(5 * MIB));
  }
  expect(bytes).toBe(5 * MIB);
});

test('an empty file has no pieces', async () => {
  const path = local.fresh();
  await writeFile(path, '');
  const pieces: unknown[] = [];
  for await (const piece of piecesOf(path)) pieces.push(piece);
  expect(pieces).toEqual([]);
});

describe('what is told to stop, stops in the middle', () => {
  /** A signal that is aborted when it has been asked a few times. */
  const patient = (times: number) => {
    const [asked, reason] = [jest.fn(), new Error('told to stop')];
    const throwIfAborted = () => {
      asked();
      if (asked.mock.calls.length > times) throw reason;
    };
    return { asked, signal: { throwIfAborted } as unknown as AbortSignal };
  };
  const chunks = () => opened.db.collection('artifacts.chunks').countDocuments();

  test('a file that is read for its digest', async () => {
    const path = local.fresh();
    await writeFile(path, Buffer.alloc(20 * MIB, 'd'));
    const { asked, signal } = patient(3);
    await expect(opened.stores.artifactFiles.refOf(path, signal)).rejects.toThrow('told to stop');
    expect(asked).toHaveBeenCalledTimes(4);
  });

  test('a file that is stored; nothing of it is left', async () => {
    const path = local.fresh();
    await writeFile(path, Buffer.alloc(20 * MIB, 's'));
    // Ten pieces are read for the digest.
    const { signal } = patient(15);
    await expect(opened.stores.artifactFiles.store(path, 'me', signal)).rejects.toThrow('told to stop');
    expect(await chunks()).toBe(0);
  });

  test('a folder, between files that have nothing in them', async () => {
    const root = await local.of(Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`f${k}`, ''])));
    const { asked, signal } = patient(20);
    await expect(opened.stores.artifactFiles.store(root, 'me', signal)).rejects.toThrow('told to stop');
    expect(asked.mock.calls.length).toBeLessThan(30);
  });

  test('what is fetched, a file or a folder; nothing lies at the path', async () => {
    const root = await local.of({ a: 'a'.repeat(5 * MIB), b: '' });
    for (const given of [root, `${root}/a`]) {
      const ref = await opened.stores.artifactFiles.store(given, 'me');
      const path = local.fresh();
      const { signal } = patient(2);
      await expect(opened.stores.artifactFiles.fetch(ref, path, signal)).rejects.toThrow('told to stop');
      await expect(opened.stores.artifactFiles.refOf(path)).rejects.toThrow('ENOENT');
    }
  });
});
