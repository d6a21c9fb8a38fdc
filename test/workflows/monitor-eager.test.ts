import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { many } from '../support/rows';

jest.setTimeout(240_000);

const DAY_MS = 86_400_000;
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - 100 * DAY_MS;
const at = (day: number, hours = 0) => new Date(START + day * DAY_MS + hours * 3_600_000).toISOString();

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

/** Serves a day of 24 rows; the outcomes of the first so many are known. */
async function serve(model: string, day: number, known: number): Promise<void> {
  const id = (k: number) => `${day}-${k}`;
  await loop.client.predictions.log(
    { model },
    many(24, (k) => ({ predictionId: id(k), ts: at(day, k), features: {}, version: 1, score: 0.9, prediction: 1 })),
  );
  await loop.client.outcomes.log(
    { model },
    many(known, (k) => ({ predictionId: id(k), label: 1 as const, labelTs: at(day, k + 1) })),
  );
}

test.each([
  ['an eager monitor judges a window as soon as all its labels are there', true],
  ['any other waits for its maturity', false],
])('%s', async (_, eager) => {
  const { model } = loop;
  const name = `${model}-${String(eager)}`;
  for (const day of [0, 1, 2]) await serve(name, day, 24);
  await loop.client.monitors.start({
    model: name,
    window: '1d',
    labelMaturity: '50d',
    minSamples: 20,
    baselineDrop: 0.2,
    baseline: { from: at(0), to: at(3) },
    drift: { mode: 'off' },
    eager,
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  });
  const status = () => loop.client.monitors.status({ model: name });
  const last = async () => (await status()).recent.at(-1)?.from;
  // The windows up to day 49 are mature by now.
  await eventually(async () => (await last()) === at(49), 60);
  await serve(name, 50, 23);
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(await last()).toBe(at(49));
  const outcome = { predictionId: '50-23', label: 1 as const, labelTs: at(51) };
  await loop.client.outcomes.log({ model: name }, outcome);
  if (eager) {
    await eventually(async () => (await last()) === at(50), 40);
    expect((await status()).recent.at(-1)).toMatchObject({ n: 24, value: 1, status: 'ok' });
  } else {
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(await last()).toBe(at(49));
  }
});
