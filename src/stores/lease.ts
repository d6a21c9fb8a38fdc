import { setTimeout as delay } from 'node:timers/promises';
import { ReadConcern, WriteConcern } from 'mongodb';
import type { Binary, ClientSession, Collection, Db, MongoClient } from 'mongodb';

/** A holder that has shown no life for so long is taken for dead, in milliseconds. */
const PATIENCE_MS = 2_000;
/** How often a holder shows life. */
const BEAT_MS = 500;
const POLL_MS = 25;

interface Lease {
  readonly _id: string;
  readonly lsid: Binary | null;
  /** When the holder last showed life. */
  readonly takenAt: Date;
}

/**
 * Transactions of which one at a time may run for a key. A worker that is killed inside a transaction would block
 * the next writer for up to 90 seconds; the lease document keeps its session's id, so the next writer kills that
 * session on the server and goes on. A holder that works long shows that it lives. What a lease cannot promise, because
 * a live holder may be slow to show life, the transaction does: all its writes or none, and of two that meet one is
 * refused.
 */
export class LeaseStore {
  private readonly leases: Collection<Lease>;
  private readonly client: MongoClient;
  private readonly db: Db;

  constructor(db: Db, client: MongoClient) {
    this.db = db;
    this.client = client;
    this.leases = db.collection('leases');
  }

  /** Runs `work` in a majority transaction under the lease. `work` may run more than once and must only use Mongo. */
  async transaction<T>(key: string, work: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = this.client.startSession();
    try {
      const lsid = session.id!.id;
      await this.take(key, lsid);
      const beat = setInterval(() => void this.show(key, lsid), BEAT_MS);
      try {
        return await session.withTransaction(() => work(session), {
          readConcern: new ReadConcern('snapshot'),
          writeConcern: new WriteConcern('majority'),
        });
      } finally {
        clearInterval(beat);
        await this.leases.updateOne({ _id: key, lsid }, { $set: { lsid: null } });
      }
    } finally {
      await session.endSession();
    }
  }

  private async show(key: string, lsid: Binary): Promise<void> {
    // A beat that is lost only makes the holder look slower than it is.
    await this.leases.updateOne({ _id: key, lsid }, { $set: { takenAt: new Date() } }).catch(() => undefined);
  }

  private async take(key: string, lsid: Binary): Promise<void> {
    const give = { $set: { lsid, takenAt: new Date() } };
    for (;;) {
      const holder = await this.leases.findOne({ _id: key });
      if (holder === null) {
        await this.leases.updateOne(
          { _id: key },
          { $setOnInsert: { lsid: null, takenAt: new Date() } },
          { upsert: true },
        );
      } else if (holder.lsid === null || Date.now() - holder.takenAt.getTime() > PATIENCE_MS) {
        const taken = await this.leases.updateOne({ _id: key, lsid: holder.lsid }, give);
        if (taken.modifiedCount === 1) {
          if (holder.lsid !== null) await this.db.command({ killSessions: [{ id: holder.lsid }] });
          return;
        }
      } else await delay(POLL_MS);
    }
  }
}
