import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { GridFSBucket } from 'mongodb';
import type { Db } from 'mongodb';

/** The bytes under a digest are not the ones that were stored. */
export class ArtifactCorruptError extends Error {
  override readonly name = 'ArtifactCorruptError';
}

/** Artifacts by the SHA-256 of their bytes, in GridFS; verified at every read, never executed. */
export class ArtifactStore {
  private readonly bucket: GridFSBucket;
  private readonly db: Db;

  constructor(db: Db) {
    this.db = db;
    this.bucket = new GridFSBucket(db, { bucketName: 'artifacts', writeConcern: { w: 'majority' } });
  }

  /** Stores bytes and returns their digest; the same bytes again are stored once. */
  async put(bytes: Uint8Array): Promise<string> {
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (await this.exists(digest)) return digest;
    // A crash between chunks and file leaves chunks nobody can read; they would refuse the new ones.
    await this.db.collection('artifacts.chunks').deleteMany({ files_id: digest });
    const upload = this.bucket.openUploadStreamWithId(digest as never, digest);
    await pipeline(Readable.from([Buffer.from(bytes)]), upload);
    return digest;
  }

  /** Whether an artifact is there. */
  async exists(digest: string): Promise<boolean> {
    return (
      (
        await this.bucket
          .find({ _id: { $eq: digest as never } })
          .limit(1)
          .toArray()
      ).length > 0
    );
  }

  /**
   * The bytes under a digest.
   * @throws ArtifactCorruptError when they are missing or not the ones that were stored
   */
  async get(digest: string): Promise<Uint8Array> {
    if (!(await this.exists(digest))) throw new ArtifactCorruptError(`artifact ${digest} is not in the store`);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.bucket.openDownloadStream(digest as never)) chunks.push(chunk as Buffer);
    } catch (error) {
      throw new ArtifactCorruptError(`artifact ${digest} cannot be read: ${(error as Error).message}`);
    }
    const bytes = Buffer.concat(chunks);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== digest) throw new ArtifactCorruptError(`artifact ${digest} has the digest ${found}`);
    return bytes;
  }
}
