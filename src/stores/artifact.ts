import { hash } from 'node:crypto';
import { MongoRuntimeError } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import { ArtifactGrid } from './artifact-grid';
import type { Pieces } from './artifact-grid';
import { claimOf, NOBODY } from './artifact-claim';
import type { ClaimDocument } from './artifact-claim';
import { ensureIndex } from './indexes';
import { abortable, piecesOf, sumOf, verified, writeFresh } from './local-file';
import type { FileSum } from './local-file';
import { isDuplicateKey } from './unique-batch';

/** The bytes under a digest are not the ones that were stored. */
export class ArtifactCorruptError extends Error {
  override readonly name = 'ArtifactCorruptError';
}

/** Whether something that stays, such as a version of a model, names a digest. */
export type IsReferenced = (digest: string) => Promise<boolean>;

/**
 * Artifacts by the SHA-256 of their bytes, in GridFS; verified at every read, never executed.
 *
 * Why no put loses its bytes to a discard: a put writes its claim before it looks for the bytes. A discard first reads
 * the claims, then asks whether the digest is referenced, and only then takes the file away, in one write to the same
 * document that holds the claims and on the condition that no put has come since it read them. So a put comes before
 * that write, which then fails and is thought over with the new claim, or after it, sees no file and stores the bytes
 * again, under a file name of its own: the file being deleted is nobody's by then. A version is registered by someone
 * who has put its bytes, so its digest is claimed until it is referenced. A claim without bytes (`claimFor`) is a put
 * that is written on the condition that there is a file: before the discard's write it counts like a put, after it
 * there is none and the claim is refused.
 */
export class ArtifactStore {
  private readonly grid: ArtifactGrid;
  private readonly claims: Collection<ClaimDocument>;

  constructor(db: Db) {
    this.grid = new ArtifactGrid(db);
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
    await this.keep(digest, owner, () => [bytes]);
    return digest;
  }

  /**
   * Stores a regular file of this machine, in pieces; it is read twice, first for its digest.
   * @throws Error when it changes meanwhile; the signal's reason when that is aborted
   */
  async putFile(path: string, owner: string, signal?: AbortSignal): Promise<FileSum> {
    const sum = await sumOf(piecesOf(path, signal));
    const changed = (): Error => new Error(`${path} was changed while it was stored`);
    await this.keep(sum.sha256, owner, () => verified(piecesOf(path, signal), sum.sha256, changed));
    return sum;
  }

  /**
   * Claims bytes that are stored for one more owner.
   * @throws ArtifactCorruptError when they are not there
   */
  async claimFor(digest: string, owner: string): Promise<void> {
    const claim = claimOf(owner);
    const { matchedCount } = await this.claims.updateOne({ _id: { $eq: digest }, file: { $ne: null } }, claim);
    if (matchedCount > 0 && (await this.exists(digest))) return;
    // What an earlier release stored has no claims yet.
    const isOld = (await this.claims.findOne({ _id: { $eq: digest } })) === null && (await this.isStored(digest));
    if (!isOld) throw missing(digest);
    await this.keep(digest, owner, () => {
      throw missing(digest);
    });
  }

  /** SHA-256 of bytes, hex: the address that they have here. */
  digestOf(bytes: Uint8Array): string {
    return hash('sha256', bytes);
  }

  /** Whether an artifact is there. */
  async exists(digest: string): Promise<boolean> {
    return (await this.sizeOf(digest)) !== null;
  }

  /** Bytes of an artifact, or null where it is not there. */
  async sizeOf(digest: string): Promise<number | null> {
    return this.grid.sizeOf(await this.fileOf(digest));
  }

  /**
   * The bytes under a digest.
   * @throws ArtifactCorruptError when they are missing or not the ones that were stored
   */
  async get(digest: string): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.read(digest)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /**
   * Writes the bytes under a digest to a file that is not there yet, in pieces; it is removed when they are not the
   * ones that were stored.
   * @throws ArtifactCorruptError when they are missing or not the ones that were stored; the signal's reason when that
   * is aborted
   */
  async getFile(digest: string, path: string, signal?: AbortSignal): Promise<void> {
    await writeFresh(path, abortable(this.read(digest), signal));
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
    const unclaimed: string[] = [];
    for (const digest of await this.grid.digestsBefore(olderThan)) {
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
    return (await this.grid.sizeOf(file)) !== null;
  }

  private async *read(digest: string): AsyncGenerator<Uint8Array> {
    const file = await this.fileOf(digest);
    if (!(await this.isStored(file))) throw missing(digest);
    const altered = (found: string): Error => new ArtifactCorruptError(`artifact ${digest} has the digest ${found}`);
    try {
      yield* verified(this.grid.read(file), digest, altered);
    } catch (error) {
      // What the driver finds wrong with the chunks; a connection that is lost says nothing of the bytes.
      if (!(error instanceof MongoRuntimeError)) throw error;
      throw new ArtifactCorruptError(`artifact ${digest} cannot be read: ${error.message}`);
    }
  }

  /** Claims a digest and sees to it that its bytes are there. */
  private async keep(digest: string, owner: string, pieces: () => Pieces): Promise<void> {
    for (;;) {
      const { puts, file } = await this.claim(digest, owner);
      if (file !== null && (await this.isStored(file))) return;
      if (file !== null) await this.spare(digest, file, owner);
      // Only the first put of a digest meets a file that an earlier release stored, before there were claims.
      else if (puts === 1 && (await this.isStored(digest))) {
        if (await this.adopt(digest, digest)) return;
        continue;
      }
      if (await this.upload(digest, puts === 1 ? digest : `${digest}.${puts}`, owner, pieces())) return;
    }
  }

  private async claim(digest: string, owner: string): Promise<ClaimDocument> {
    for (;;) {
      try {
        const found = await this.claims.findOneAndUpdate(
          { _id: { $eq: digest } },
          { ...claimOf(owner), $setOnInsert: { file: null, spare: [] } },
          { upsert: true, returnDocument: 'after' },
        );
        return found!;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Stores the bytes in a file that nobody else writes; false when it did not become the one under the digest. */
  private async upload(digest: string, file: string, owner: string, pieces: Pieces): Promise<boolean> {
    await this.claims.updateOne({ _id: { $eq: digest } }, { $push: { spare: { file, owner, dropped: false } } });
    try {
      await this.grid.write(file, digest, pieces);
    } catch (error) {
      // What this leaves, the next release of the owner deletes.
      await this.drop(digest, file).catch(() => undefined);
      throw error;
    }
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
    await this.grid.remove(file);
    await this.claims.updateOne({ _id: { $eq: digest } }, { $pull: { spare: { file } } });
  }
}

function missing(digest: string): ArtifactCorruptError {
  return new ArtifactCorruptError(`artifact ${digest} is not in the store`);
}
