import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { GridFSBucket } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import { isDuplicateKey } from './unique-batch';
import { ensureIndex } from './indexes';

/** The bytes under a digest are not the ones that were stored. */
export class ArtifactCorruptError extends Error {
  override readonly name = 'ArtifactCorruptError';
}

/** Whether something that stays, such as a version of a model, names a digest. */
export type IsReferenced = (digest: string) => Promise<boolean>;

/** A file that is not, not yet or no longer the one under the digest. */
interface SpareFile {
  readonly file: string;
  readonly owner: string;
  /** Set before the file is deleted: whoever still writes it may no longer make it the one. */
  readonly dropped: boolean;
}

/** Who needs the bytes of a digest, and which file holds them. It stays when the bytes go: the count never starts again. */
interface ClaimDocument {
  readonly _id: string;
  /** Grows with every put; numbers the files, and tells whether anybody has put since one looked. */
  readonly puts: number;
  readonly owners: readonly string[];
  readonly file: string | null;
  readonly spare: readonly SpareFile[];
  readonly claimedAt: Date;
}

/** Claims for good: what is put without an owner is never discarded by one. */
const NOBODY = '';

/**
 * Artifacts by the SHA-256 of their bytes, in GridFS; verified at every read, never executed.
 *
 * Why no put loses its bytes to a discard: a put writes its claim before it looks for the bytes. A discard first reads
 * the claims, then asks whether the digest is referenced, and only then takes the file away, in one write to the same
 * document that holds the claims and on the condition that no put has come since it read them. So a put comes before
 * that write, which then fails and is thought over with the new claim, or after it, sees no file and stores the bytes
 * again, under a file name of its own: the file being deleted is nobody's by then. A version is registered by someone
 * who has put its bytes, so its digest is claimed until it is referenced.
 */
export class ArtifactStore {
  private readonly bucket: GridFSBucket;
  private readonly claims: Collection<ClaimDocument>;
  private readonly db: Db;

  constructor(db: Db) {
    this.db = db;
    this.bucket = new GridFSBucket(db, { bucketName: 'artifacts', writeConcern: { w: 'majority' } });
    this.claims = db.collection('artifactClaims');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.claims, { owners: 1 }, { name: 'owners' });
    await ensureIndex(this.claims, { 'spare.owner': 1 }, { name: 'spareOwner' });
  }

  /**
   * Stores bytes and returns their digest; the same bytes again are stored once.
   * @param owner who may discard them, such as the key of a retraining; without one they stay
   */
  async put(bytes: Uint8Array, owner = NOBODY): Promise<string> {
    const digest = this.digestOf(bytes);
    for (;;) {
      const { puts, file } = await this.claim(digest, owner);
      if (file !== null && (await this.isStored(file))) return digest;
      if (file !== null) await this.spare(digest, file, owner);
      // Only the first put of a digest meets a file that an earlier release stored, before there were claims.
      else if (puts === 1 && (await this.isStored(digest))) {
        if (await this.adopt(digest, digest)) return digest;
        continue;
      }
      if (await this.upload(digest, puts === 1 ? digest : `${digest}.${puts}`, bytes, owner)) return digest;
    }
  }

  /** SHA-256 of bytes, hex: the address that they have here. */
  digestOf(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  /** Whether an artifact is there. */
  async exists(digest: string): Promise<boolean> {
    return this.isStored(await this.fileOf(digest));
  }

  /**
   * The bytes under a digest.
   * @throws ArtifactCorruptError when they are missing or not the ones that were stored
   */
  async get(digest: string): Promise<Uint8Array> {
    const file = await this.fileOf(digest);
    if (!(await this.isStored(file))) throw new ArtifactCorruptError(`artifact ${digest} is not in the store`);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.bucket.openDownloadStream(file as never)) chunks.push(chunk as Buffer);
    } catch (error) {
      throw new ArtifactCorruptError(`artifact ${digest} cannot be read: ${(error as Error).message}`);
    }
    const bytes = Buffer.concat(chunks);
    const found = this.digestOf(bytes);
    if (found !== digest) throw new ArtifactCorruptError(`artifact ${digest} has the digest ${found}`);
    return bytes;
  }

  /** Gives up an owner's claims and deletes the bytes that nobody else claims or references; safe to repeat. */
  async discard(owner: string, isReferenced: IsReferenced): Promise<void> {
    const claimed = await this.claims
      .find({ $or: [{ owners: { $eq: owner } }, { 'spare.owner': { $eq: owner } }] })
      .sort({ _id: 1 })
      .toArray();
    for (const { _id } of claimed) await this.release(_id, owner, isReferenced);
  }

  /** Gives up one claim of an owner; the bytes are deleted when nobody else claims or references them. */
  async release(digest: string, owner: string, isReferenced: IsReferenced): Promise<void> {
    for (;;) {
      const found = await this.claims.findOne({ _id: { $eq: digest } });
      for (const { file, owner: whose } of found?.spare ?? []) if (whose === owner) await this.drop(digest, file);
      const rest = (found?.owners ?? []).filter((each) => each !== owner);
      const stays = rest.length > 0 || (await isReferenced(digest));
      if (await this.settle(digest, found, owner, { rest, stays })) return;
    }
  }

  /** Digests stored and last put before a time that nobody claims or references, in order; for `doctor`. */
  async unreferenced(olderThan: Date, isReferenced: IsReferenced): Promise<string[]> {
    const files = await this.bucket.find({ uploadDate: { $lt: olderThan } }).toArray();
    const unclaimed: string[] = [];
    for (const digest of [...new Set(files.map(({ filename }) => filename))].sort()) {
      const claim = await this.claims.findOne({ _id: { $eq: digest } });
      const needed = claim !== null && (claim.owners.length > 0 || claim.claimedAt >= olderThan);
      if (!needed && !(await isReferenced(digest))) unclaimed.push(digest);
    }
    return unclaimed;
  }

  /**
   * Digests last put before a time by owners that may give up their claims, with those owners; for `doctor`. What was
   * put without an owner is claimed for good.
   */
  async claimed(olderThan: Date): Promise<{ readonly digest: string; readonly owners: readonly string[] }[]> {
    const found = await this.claims
      .find({ claimedAt: { $lt: olderThan }, file: { $ne: null }, owners: { $nin: [NOBODY], $ne: [] } })
      .sort({ _id: 1 })
      .toArray();
    return found.map(({ _id, owners }) => ({ digest: _id, owners }));
  }

  private async fileOf(digest: string): Promise<string> {
    return (await this.claims.findOne({ _id: { $eq: digest } }))?.file ?? digest;
  }

  private async isStored(file: string): Promise<boolean> {
    const found = this.bucket.find({ _id: { $eq: file as never } }).limit(1);
    return (await found.toArray()).length > 0;
  }

  private async claim(digest: string, owner: string): Promise<ClaimDocument> {
    for (;;) {
      try {
        const found = await this.claims.findOneAndUpdate(
          { _id: { $eq: digest } },
          {
            $addToSet: { owners: owner },
            $inc: { puts: 1 },
            $set: { claimedAt: new Date() },
            $setOnInsert: { file: null, spare: [] },
          },
          { upsert: true, returnDocument: 'after' },
        );
        return found!;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Stores the bytes in a file that nobody else writes; false when it did not become the one under the digest. */
  private async upload(digest: string, file: string, bytes: Uint8Array, owner: string): Promise<boolean> {
    await this.claims.updateOne({ _id: { $eq: digest } }, { $push: { spare: { file, owner, dropped: false } } });
    // An earlier release that crashed between chunks and file left chunks nobody can read; they would refuse these.
    await this.db.collection('artifacts.chunks').deleteMany({ files_id: { $eq: file as never } });
    await pipeline(Readable.from([Buffer.from(bytes)]), this.bucket.openUploadStreamWithId(file as never, digest));
    if (await this.adopt(digest, file, { spare: { $elemMatch: { file, dropped: false } } })) return true;
    await this.drop(digest, file);
    return false;
  }

  /** Makes a file the one under the digest, if there is none. */
  private async adopt(digest: string, file: string, condition: object = {}): Promise<boolean> {
    const { matchedCount } = await this.claims.updateOne(
      { _id: { $eq: digest }, file: { $eq: null }, ...condition },
      { $set: { file }, $pull: { spare: { file } } },
    );
    return matchedCount > 0;
  }

  /** A file that is gone, whatever took it, is no longer the one. */
  private async spare(digest: string, file: string, owner: string): Promise<void> {
    const { matchedCount } = await this.claims.updateOne(
      { _id: { $eq: digest }, file: { $eq: file } },
      { $set: { file: null }, $push: { spare: { file, owner, dropped: true } } },
    );
    if (matchedCount > 0) await this.drop(digest, file);
  }

  /** Writes what a release has found, unless somebody has put or released since. */
  private async settle(
    digest: string,
    found: ClaimDocument | null,
    owner: string,
    { rest, stays }: { readonly rest: readonly string[]; readonly stays: boolean },
  ): Promise<boolean> {
    if (found === null) {
      if (stays) return true;
      // Stored by an earlier release: from here on it has claims like any other.
      await this.claim(digest, owner);
      return false;
    }
    const file = found.file ?? digest;
    const { matchedCount } = await this.claims.updateOne(
      { _id: { $eq: digest }, puts: { $eq: found.puts }, owners: { $eq: found.owners }, file: { $eq: found.file } },
      stays
        ? { $set: { owners: rest } }
        : { $set: { owners: rest, file: null }, $push: { spare: { file, owner, dropped: true } } },
    );
    if (matchedCount === 0) return false;
    if (!stays) await this.drop(digest, file);
    return true;
  }

  /** Deletes a file that is not the one. What a crash leaves half done, the next release of its owner ends. */
  private async drop(digest: string, file: string): Promise<void> {
    const spare = { _id: { $eq: digest }, 'spare.file': { $eq: file } };
    await this.claims.updateOne(spare, { $set: { 'spare.$.dropped': true } });
    for (const collection of ['artifacts.files', 'artifacts.chunks']) {
      const key = collection === 'artifacts.files' ? '_id' : 'files_id';
      await this.db.collection(collection).deleteMany({ [key]: { $eq: file as never } });
    }
    await this.claims.updateOne({ _id: { $eq: digest } }, { $pull: { spare: { file } } });
  }
}
