import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../library';
import type { Bench, Loop } from '../monitors/bench';
import type { Result } from '../monitors/result';
import { DECISION, latency, twoVersions } from './figures';
import { ServingWatch } from './library';

const GOAL_MS = 600;
const DEPLOYS = 100;
const POLL_MS = 250;
const target = { model: 'm', environment: 'production' };

/** From the time that the entry carries to a serving process that knows: by poll alone, and with the change stream. */
export async function visibility(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  await twoVersions(loop.client, target);
  const [polled, streamed] = [await watcher(loop, false), await watcher(loop, true)];
  const random = seeded(1);
  for (let k = 0; k < DEPLOYS; k += 1) {
    await loop.client.deployments.deploy(target, 1 + ((k + 1) % 2), { ...DECISION, key: `k${k}` });
    // At any phase of the poll, and not before both have seen it.
    await delay(POLL_MS + 50 + POLL_MS * random());
  }
  const ledger = await loop.client.deployments.history(target);
  const lags = ({ seen }: Watcher) =>
    ledger.slice(-DEPLOYS).map(({ token, recordedAt }) => {
      const at = seen.get(token);
      if (at === undefined) throw new Error(`token ${token} was not seen`);
      return at - Date.parse(recordedAt);
    });
  const [byPoll, byStream] = [lags(polled), lags(streamed)];
  await Promise.all([polled.close(), streamed.close()]);
  await loop.close();
  return [
    latency(`seen by a serving process after recordedAt, by a poll of ${POLL_MS} ms alone`, byPoll, GOAL_MS),
    latency('– the same, with the change stream', byStream, null),
  ];
}

interface Watcher {
  /** When each token was seen. */
  readonly seen: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

async function watcher({ stores }: Loop, withStream: boolean): Promise<Watcher> {
  const seen = new Map<number, number>();
  const watch = await ServingWatch.start({
    read: () => stores.deployments.current(target),
    openStream: withStream ? () => stores.deployments.changes(target) : null,
    pollMs: POLL_MS,
    onChange: ({ token }) => {
      seen.set(token, Date.now());
    },
    onError: (error) => console.error(error),
  });
  return { seen, close: () => watch.close() };
}
