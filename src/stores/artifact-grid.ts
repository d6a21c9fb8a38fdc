import { pipeline } from 'node:stream/promises';
import { GridFSBucket } from 'mongodb';
import type { Db } from 'mongodb';

/** Pieces of bytes, one after the other. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The files in GridFS that hold artifacts: each is written once, by one writer, under an id of its own. */
export class ArtifactGrid {
  private readonly bucket: GridFSBucket;
  private readonly db: Db;

  constructor(db: Db) {
    this.db = db;
    this.bucket = new GridFSBucket(db, { bucketName: 'artifacts', writeConcern: { w: 'majority' } });
  }

  /** Bytes of a file, or null where it is not stored whole. */
  async sizeOf(file: string): Promise<number | null> {
    const [found] = await this.bucket
      .find({ _id: { $eq: file as never } })
      .limit(1)
      .toArray();
    return found?.length ?? null;
  }

  /** Stores pieces as they come; the file is there when the last one is. */
  async write(file: string, digest: string, pieces: Pieces): Promise<void> {
    // An earlier release that crashed between chunks and file left chunks nobody can read; they would refuse these.
    await this.db.collection('artifacts.chunks').deleteMany({ files_id: { $eq: file as never } });
    await pipeline(pieces, this.bucket.openUploadStreamWithId(file as never, digest));
  }

  /** The pieces of a file. */
  read(file: string): AsyncIterable<Uint8Array> {
    return this.bucket.openDownloadStream(file as never);
  }

  /** Deletes a file, whole or half written. */
  async remove(file: string): Promise<void> {
    await this.db.collection('artifacts.files').deleteMany({ _id: { $eq: file as never } });
    await this.db.collection('artifacts.chunks').deleteMany({ files_id: { $eq: file as never } });
  }

  /** Digests with a file that was stored before a time, in order. */
  async digestsBefore(time: Date): Promise<string[]> {
    const files = await this.bucket.find({ uploadDate: { $lt: time } }).toArray();
    return [...new Set(files.map(({ filename }) => filename))].sort();
  }
}
