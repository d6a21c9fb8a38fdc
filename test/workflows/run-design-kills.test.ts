import type { DesignRecord } from '../../src/contracts';
import { designInput } from '../support/design-input';
import { sendTraffic } from '../support/design-traffic';
import { openTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import type { Death, Moment } from '../support/mortal-child';
import { startMortalWorker } from '../support/mortal-worker';
import { hour, many } from '../support/rows';

jest.setTimeout(240_000);

const DAY = 24;
const LOOKS = 4;
/** A lost attempt is noticed after six seconds: so many runs wait at once. */
const AT_ONCE = 4;
const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];

const deaths: Death[] = MOMENTS.flatMap((moment) => [
  ...many(LOOKS, (k) => ({ activity: 'analyseDesign', visit: k + 1, moment })),
  { activity: 'recordDecision', visit: 2, moment },
  // Created and started before: the third tells that it is decided.
  { activity: 'publishDesign', visit: 3, moment },
]);

interface Run {
  readonly signal: NodeJS.Signals | null;
  readonly record: DesignRecord;
}

const opened: TestLoop[] = [];
let unharmed: Promise<Run>;
let runs: readonly Promise<Run>[] = [];

beforeAll(() => {
  unharmed = runOf(null);
  const lanes: Promise<unknown>[] = many(AT_ONCE, () => unharmed);
  runs = deaths.map((death, k) => {
    const run = lanes[k % AT_ONCE]!.then(() => runOf(death));
    lanes[k % AT_ONCE] = run.catch(() => undefined);
    return run;
  });
});
afterAll(async () => {
  await Promise.allSettled([unharmed, ...runs]);
  await Promise.all(opened.map((loop) => loop.close()));
});

/** Four weeks whose last look ships; the first worker dies over them, the second sees them through. */
async function runOf(death: Death | null): Promise<Run> {
  const loop = await openTestLoop();
  // Runs go on side by side, and an id is used once.
  const id = `killed-${opened.push(loop)}`;
  const worker = death === null ? null : await startMortalWorker(loop, death);
  const stopFirst = death === null ? await workOn(loop) : null;
  try {
    const criteria = { earlyStop: false };
    const design = designInput({ id, clock: 'data', start: hour(0), checkEvery: '60d', criteria });
    await loop.client.experiments.create(design);
    await advance(loop, id, 0);
    const behaviour = { control: { order: 0.2 }, short: { order: 0.35 } };
    await sendTraffic(loop.client, { experiment: id, days: 28, perDay: 40, behaviour });
    // The death cuts the update off: what it asked for is asked again of the next worker.
    const cut =
      worker === null
        ? null
        : advance(loop, id, 31 * DAY - 1)
            .then(() => advance(loop, id, 31 * DAY))
            .catch(() => null);
    const signal = worker === null ? null : await Promise.race([worker.death, cut!.then(() => null)]);
    const stop = stopFirst ?? (await workOn(loop));
    await advance(loop, id, 31 * DAY);
    await loop.client.experiments.handle(id).result();
    await stop();
    const record = JSON.stringify(await loop.client.experiments.record(id)).replaceAll(id, 'killed');
    return { signal, record: JSON.parse(record) as DesignRecord };
  } finally {
    worker?.end();
  }
}

const advance = (loop: TestLoop, id: string, k: number) =>
  loop.client.experiments.advance(id, { source: 'test', at: hour(k) });

test('without a death it ships at the last look', async () => {
  const { record } = await unharmed;
  expect(record.result).toMatchObject({ decision: 'ship', variant: 'short' });
  expect(record.looks.map(({ k }) => k)).toEqual([1, 2, 3, 4]);
});

test.each(deaths.map((death, k) => [death.moment, death.activity, death.visit, k] as const))(
  'a worker killed %s %s %i leaves the same decision and the same record',
  async (_moment, _activity, _visit, k) => {
    const { signal, record } = await runs[k]!;
    expect(signal).toBe('SIGKILL');
    expect(record).toEqual((await unharmed).record);
  },
);
