import { createHash } from 'node:crypto';
import { ArtifactCorruptError } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  await opened.stores.artifacts.migrate();
});
afterAll(() => opened.close());

const fresh = () => Buffer.from(`bytes ${(counter += 1)}`);
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const never = () => Promise.resolve(false);
const files = (digest: string) => opened.db.collection('artifacts.files').countDocuments({ filename: digest });
const claim = (digest: string) => opened.db.collection('artifactClaims').findOne({ _id: digest as never });

async function expectBytes(digest: string, bytes: Uint8Array): Promise<void> {
  expect(Buffer.compare(await opened.stores.artifacts.get(digest), bytes)).toBe(0);
}

describe('bytes', () => {
  test('come back under their digest, and are stored once', async () => {
    const { artifacts } = opened.stores;
    const bytes = Buffer.alloc(1_500_000, 'model');
    const digest = await artifacts.put(bytes);
    expect(await artifacts.put(bytes)).toBe(digest);
    expect(artifacts.digestOf(bytes)).toBe(digest);
    await expectBytes(digest, bytes);
    expect(await files(digest)).toBe(1);
  });

  test('put by many at once are stored once, and nobody fails', async () => {
    const bytes = Buffer.alloc(600_000, 'crowd');
    const digests = await Promise.all(many(12, (k) => opened.stores.artifacts.put(bytes, `crowd${k % 5}`)));
    expect(new Set(digests)).toEqual(new Set([digestOf(bytes)]));
    await expectBytes(digests[0]!, bytes);
    expect(await files(digests[0]!)).toBe(1);
    expect(await claim(digests[0]!)).toMatchObject({ spare: [] });
    expect([...(await claim(digests[0]!))!.owners].sort()).toEqual(many(5, (k) => `crowd${k}`));
  });

  test('altered or missing are never handed out', async () => {
    const digest = await opened.stores.artifacts.put(Buffer.from('to be altered'));
    await opened.db
      .collection('artifacts.chunks')
      .updateOne({ files_id: digest }, { $set: { data: Buffer.from('to be Altered') } });
    await expect(opened.stores.artifacts.get(digest)).rejects.toThrow(ArtifactCorruptError);
    await expect(opened.stores.artifacts.get(digest)).rejects.toThrow(digest);
    await expect(opened.stores.artifacts.get('0'.repeat(64))).rejects.toThrow('not in the store');
  });

  test('chunks that a crash left do not stand in the way', async () => {
    const bytes = Buffer.from('half written');
    const digest = digestOf(bytes);
    const chunk = { files_id: digest as never, n: 0, data: Buffer.from('half') };
    await opened.db.collection('artifacts.chunks').insertOne(chunk);
    expect(await opened.stores.artifacts.put(bytes)).toBe(digest);
    await expectBytes(digest, bytes);
  });

  test('whose file was lost are stored again by the next put', async () => {
    const bytes = fresh();
    const digest = await opened.stores.artifacts.put(bytes);
    await opened.db.collection('artifacts.files').deleteOne({ filename: digest });
    expect(await opened.stores.artifacts.exists(digest)).toBe(false);
    await opened.stores.artifacts.put(bytes);
    await expectBytes(digest, bytes);
  });

  test('of an earlier release, without claims, are read, taken over and let go', async () => {
    const bytes = fresh();
    const digest = await opened.stores.artifacts.put(bytes);
    const forget = () => opened.db.collection('artifactClaims').deleteOne({ _id: digest as never });
    await forget();
    await expectBytes(digest, bytes);
    await opened.stores.artifacts.put(bytes, 'a');
    expect(await files(digest)).toBe(1);
    await forget();
    await opened.stores.artifacts.release(digest, 'someone', never);
    expect(await files(digest)).toBe(0);
  });
});

describe('discard', () => {
  test('deletes what its owner put, and nothing of others', async () => {
    const { artifacts } = opened.stores;
    const [mine, shared, theirs, nobodys] = [fresh(), fresh(), fresh(), fresh()];
    for (const bytes of [mine, shared]) await artifacts.put(bytes, 'me');
    for (const bytes of [shared, theirs]) await artifacts.put(bytes, 'they');
    await artifacts.put(nobodys);
    await artifacts.put(nobodys, 'me');
    for (let again = 0; again < 2; again += 1) await artifacts.discard('me', never);
    expect(
      await Promise.all([mine, shared, theirs, nobodys].map((bytes) => artifacts.exists(digestOf(bytes)))),
    ).toEqual([false, true, true, true]);
    await artifacts.discard('they', never);
    expect(await artifacts.exists(digestOf(shared))).toBe(false);
    expect(await opened.db.collection('artifacts.chunks').countDocuments({ files_id: digestOf(mine) })).toBe(0);
  });

  test('keeps what a version names, and the claim is given up all the same', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(fresh(), 'named');
    const asked: string[] = [];
    await artifacts.discard('named', async (about) => asked.push(about) > 0);
    expect(asked).toEqual([digest]);
    expect(await artifacts.exists(digest)).toBe(true);
    expect((await claim(digest))!.owners).toEqual([]);
  });

  test('bytes that were discarded can be put again', async () => {
    const { artifacts } = opened.stores;
    const bytes = fresh();
    for (const owner of ['a', 'b', 'a']) {
      const digest = await artifacts.put(bytes, owner);
      await expectBytes(digest, bytes);
      await artifacts.discard(owner, never);
      expect(await artifacts.exists(digest)).toBe(false);
      await expect(artifacts.get(digest)).rejects.toThrow('not in the store');
    }
  });

  test('a put between the question and the deletion keeps its bytes', async () => {
    const { artifacts } = opened.stores;
    const bytes = fresh();
    const digest = await artifacts.put(bytes, 'old');
    let asked = 0;
    await artifacts.discard('old', async () => {
      if ((asked += 1) === 1) await artifacts.put(bytes, 'new');
      return false;
    });
    await expectBytes(digest, bytes);
    expect((await claim(digest))!.owners).toEqual(['new']);
  });

  test('a put, a registration and a discard between the question and the deletion keep the bytes', async () => {
    const { artifacts } = opened.stores;
    const bytes = fresh();
    const digest = await artifacts.put(bytes, 'old');
    let registered = false;
    let asked = 0;
    await artifacts.discard('old', async () => {
      const answer = registered;
      if ((asked += 1) === 1) {
        await artifacts.put(bytes, 'new');
        registered = true;
        await artifacts.discard('new', () => Promise.resolve(true));
      }
      return answer;
    });
    await expectBytes(digest, bytes);
    expect(asked).toBe(2);
  });

  test('two owners who give up at once leave nothing behind', async () => {
    const { artifacts } = opened.stores;
    for (let round = 0; round < 10; round += 1) {
      const bytes = fresh();
      await Promise.all([artifacts.put(bytes, 'x'), artifacts.put(bytes, 'y')]);
      await Promise.all([artifacts.discard('x', never), artifacts.discard('y', never)]);
      expect(await files(digestOf(bytes))).toBe(0);
    }
  });

  test('whatever comes first, a put that has answered has its bytes', async () => {
    const { artifacts } = opened.stores;
    for (let round = 0; round < 30; round += 1) {
      const bytes = fresh();
      await artifacts.put(bytes, 'old');
      const [digest] = await Promise.all([
        artifacts.put(bytes, 'new'),
        artifacts.discard('old', never),
        artifacts.discard('old', never),
      ]);
      await expectBytes(digest, bytes);
      expect(await files(digest)).toBe(1);
    }
  });

  test('a deletion that a crash cut off is ended by the same call', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(fresh(), 'crashed');
    // What stands there after the write that gives the file up, before it is deleted.
    const spare = [{ file: digest, owner: 'crashed', dropped: true }];
    await opened.db
      .collection('artifactClaims')
      .updateOne({ _id: digest as never }, { $set: { owners: [], file: null, spare } });
    await artifacts.discard('crashed', never);
    expect(await files(digest)).toBe(0);
    expect((await claim(digest))!.spare).toEqual([]);
  });

  test('an upload that a crash cut off is deleted with its owner', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(fresh(), 'crashed');
    const spare = [{ file: digest, owner: 'crashed', dropped: false }];
    await opened.db.collection('artifactClaims').updateOne({ _id: digest as never }, { $set: { file: null, spare } });
    await artifacts.discard('crashed', never);
    expect(await files(digest)).toBe(0);
    expect((await claim(digest))!.spare).toEqual([]);
  });
});

test('what nobody claims or names is told, unless it is young', async () => {
  const { artifacts } = opened.stores;
  const bytes = fresh();
  const orphan = await artifacts.put(bytes, 'gone');
  await artifacts.discard('gone', () => Promise.resolve(true));
  const claimed = await artifacts.put(fresh(), 'here');
  const nobodys = await artifacts.put(fresh());
  const later = new Date(Date.now() + 60_000);
  const found = await artifacts.unreferenced(later, never);
  expect(found).toContain(orphan);
  expect(found).toEqual([...found].sort());
  expect(found).not.toContain(claimed);
  expect(found).not.toContain(nobodys);
  expect(await artifacts.unreferenced(later, async (digest) => digest === orphan)).not.toContain(orphan);
  expect(await artifacts.unreferenced(new Date(0), never)).toEqual([]);
  await artifacts.release(orphan, 'doctor', never);
  expect(await artifacts.exists(orphan)).toBe(false);
});

test('the claims of an owner are found by an index', async () => {
  const plan = await opened.db.collection('artifactClaims').find({ owners: 'x' }).explain();
  expect(JSON.stringify(plan)).toContain('IXSCAN');
});
