import { join } from 'node:path';
import { ArtifactCorruptError } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { LocalFolder, sha256Of } from '../support/local-folder';

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
const claims = () => opened.db.collection<{ _id: string; owners: string[]; file: string | null }>('artifactClaims');
const never = () => Promise.resolve(false);

describe('a claim', () => {
  test('keeps a file or folder when its first owner gives it up', async () => {
    const { artifacts } = opened.stores;
    const root = await local.of({ 'x/a': 'claimed a', b: 'claimed b', c: 'claimed b' });
    const refs = [await files().store(root, 'pipeline/r2'), await files().store(join(root, 'b'), 'pipeline/r2')];
    for (let again = 0; again < 2; again += 1) for (const ref of refs) await files().claim(ref, 'cache/k2');
    await artifacts.discard('pipeline/r2', never);
    const back = local.fresh();
    await files().fetch(refs[0]!, back);
    expect(await files().refOf(back)).toEqual(refs[0]);
    await artifacts.discard('cache/k2', never);
    for (const ref of refs) await expect(files().claim(ref, 'late')).rejects.toThrow(ArtifactCorruptError);
    expect(await claims().countDocuments({ owners: 'late' })).toBe(0);
  });

  test('of a folder of which a file is gone fails', async () => {
    const ref = await files().store(await local.of({ a: 'is gone', b: 'is there' }), 'me');
    await opened.db.collection('artifacts.files').deleteOne({ filename: sha256Of('is gone') });
    await expect(files().claim(ref, 'you')).rejects.toThrow(`artifact ${sha256Of('is gone')} is not in the store`);
  });

  test('either comes before a discard and keeps the bytes, or is refused', async () => {
    const { artifacts } = opened.stores;
    const seen = { kept: 0, refused: 0 };
    for (let round = 0; round < 60; round += 1) {
      const digest = await artifacts.put(Buffer.from(`race ${round}`), 'old');
      // One of both is late by turns, so that both orders are met.
      const late = <T>(isLate: boolean, work: () => Promise<T>) =>
        isLate ? new Promise((resolve) => setTimeout(resolve, round % 7)).then(work) : work();
      const [claim] = await Promise.allSettled([
        late(round % 2 === 0, () => artifacts.claimFor(digest, 'new')),
        late(round % 2 === 1, () => artifacts.discard('old', never)),
      ]);
      const isThere = await artifacts.exists(digest);
      expect(isThere).toBe(claim.status === 'fulfilled');
      expect((await claims().findOne({ _id: digest }))!.owners).toEqual(isThere ? ['new'] : []);
      seen[isThere ? 'kept' : 'refused'] += 1;
    }
    expect(Math.min(seen.kept, seen.refused)).toBeGreaterThan(0);
  });

  test('between the question and the deletion keeps the bytes', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(Buffer.from('asked about'), 'old');
    let asked = 0;
    await artifacts.discard('old', async () => {
      if ((asked += 1) === 1) await artifacts.claimFor(digest, 'new');
      return false;
    });
    expect(await artifacts.exists(digest)).toBe(true);
    expect((await claims().findOne({ _id: digest }))!.owners).toEqual(['new']);
  });

  test('a registration and a discard between the question and the deletion keep the bytes', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(Buffer.from('registered meanwhile'), 'old');
    let asked = 0;
    await artifacts.discard('old', async () => {
      if ((asked += 1) > 1) return true;
      await artifacts.claimFor(digest, 'new');
      await artifacts.discard('new', () => Promise.resolve(true));
      // Asked before it was registered.
      return false;
    });
    expect(await artifacts.exists(digest)).toBe(true);
    expect(asked).toBe(2);
  });

  test('of what an earlier release stored, without claims, is the first one', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(Buffer.from('from before'), 'me');
    await claims().deleteOne({ _id: digest });
    await artifacts.claimFor(digest, 'you');
    expect(await claims().findOne({ _id: digest })).toMatchObject({ owners: ['you'], file: digest });
  });
});
