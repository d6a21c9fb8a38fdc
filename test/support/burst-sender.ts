/** A service in a process of its own; run by tests that need several. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { LoopwrightClient } from '../../src/client';
import { outcomesRecordedSignal, workflowIds } from '../../src/contracts';
import type { OutcomeRow } from '../../src/contracts';
import { MONGO_OPTIONS } from '../../src/stores';

/** What it does: log outcomes by the client, or flood the monitor with nudges of its own. */
export interface SenderTask {
  readonly database: string;
  readonly model: string;
  readonly senders: number;
  /** Batches, handed to whichever sender is free. */
  readonly batches?: readonly (readonly OutcomeRow[])[];
  /** Nudges by each sender, and the pause after each in milliseconds. */
  readonly nudges?: { readonly each: number; readonly pauseMs: number };
}

/** What it says when it is done. */
export interface SenderReport {
  readonly logged: number;
  readonly duplicates: number;
  readonly sent: number;
  readonly errors: readonly string[];
}

async function run(task: SenderTask): Promise<SenderReport> {
  const mongo = await MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB!, MONGO_OPTIONS);
  const connection = await Connection.connect({ address: process.env.LOOPWRIGHT_TEST_TEMPORAL! });
  const temporal = new Client({ connection });
  const client = new LoopwrightClient({ temporal, mongo, db: mongo.db(task.database, MONGO_OPTIONS) });
  const target = { model: task.model, environment: 'production' };
  const report = { logged: 0, duplicates: 0, sent: 0, errors: [] as string[] };
  const waiting = [...(task.batches ?? [])];
  const log = async (): Promise<void> => {
    for (let batch = waiting.pop(); batch !== undefined; batch = waiting.pop()) {
      const { logged, duplicates } = await client.outcomes.log(target, batch);
      report.logged += logged;
      report.duplicates += duplicates;
    }
  };
  const flood = async ({ each, pauseMs }: NonNullable<SenderTask['nudges']>): Promise<void> => {
    const handle = temporal.workflow.getHandle(workflowIds.monitor(target));
    for (let k = 0; k < each; k += 1) {
      await handle.signal(outcomesRecordedSignal);
      report.sent += 1;
      await delay(pauseMs);
    }
  };
  const work = task.nudges === undefined ? log : () => flood(task.nudges!);
  const ended = await Promise.allSettled(Array.from({ length: task.senders }, work));
  for (const end of ended) if (end.status === 'rejected') report.errors.push(String(end.reason));
  await client.close();
  await connection.close();
  await mongo.close();
  return report;
}

process.once('message', (task: SenderTask) => {
  void run(task).then((report) => process.send!(report, () => process.exit()));
});
