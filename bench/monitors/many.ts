import type { Bench, Loop } from './bench';
import { atMost, shown, timed } from './result';
import type { Result } from './result';
import { HOUR, hourlySpec, iso, serve } from './traffic';

const GOALS = { megabytes: 700, minutes: 5 };
const CACHED = 500;
const START = Date.parse('2011-08-01T00:00:00.000Z');
const TRAFFIC = { from: START, hours: 4, rowsPerHour: 30 };
const BASELINE = { from: START, to: START + 2 * HOUR };
/** Calls at once. */
const AT_ONCE = 64;

/** Many monitors on one worker that holds one in ten of them: they look once, then once more. */
export async function manyMonitors(bench: Bench, count: number): Promise<Result[]> {
  const loop = await bench.loop({ maxCachedWorkflows: CACHED });
  const { client, worker } = loop;
  const targets = Array.from({ length: count }, (_, k) => ({ model: `m${k}`, environment: 'production' }));
  await each(targets, (target, k) => serve(client, target, { ...TRAFFIC, seed: k + 1 }));
  const started = await timed(() =>
    each(targets, (target) => client.monitors.start({ ...hourlySpec(target, BASELINE), clock: 'data' })),
  );
  const first = await look(loop, targets, 4);
  const second = await look(loop, targets, 5);
  const peak = worker.peakMegabytes();
  await loop.close();
  const monitors = `${shown(count)} monitors on one worker, maxCachedWorkflows ${CACHED}`;
  const notes = [
    `${shown(count)} monitors: started in ${shown(started.ms / 1_000)} s, ${AT_ONCE} calls at once`,
    `first look (the baseline and a window) in ${shown(first.seconds)} s, second in ${shown(second.seconds)} s`,
  ];
  return [
    atMost(`${monitors}: one look each`, { value: first.seconds / 60, unit: 'min', goal: GOALS.minutes }, first, notes),
    atMost('– the next look each', { value: second.seconds / 60, unit: 'min', goal: GOALS.minutes }, second),
    atMost('– peak memory of the worker', { value: peak, unit: 'MB', goal: GOALS.megabytes }),
  ];
}

/** Moves the clock of every monitor to an hour; each call returns when its monitor has looked. */
async function look(
  { client, db }: Loop,
  targets: readonly { model: string; environment: string }[],
  hour: number,
): Promise<{ readonly seconds: number; readonly evaluations: number }> {
  const before = await db.collection('evaluations').countDocuments();
  const at = iso(START + hour * HOUR);
  const { ms } = await timed(() =>
    each(targets, (target) => client.monitors.advance(target, { source: 'default', at })),
  );
  const evaluations = (await db.collection('evaluations').countDocuments()) - before;
  if (evaluations < targets.length)
    throw new Error(`${targets.length} monitors looked and made ${evaluations} evaluations`);
  return { seconds: ms / 1_000, evaluations };
}

async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next; index < items.length; index = next) {
      next += 1;
      await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
