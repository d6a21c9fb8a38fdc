import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts';
import type { Exposure } from '../../src/contracts';
import type { ExperimentDesignInput } from '../../src/schemas';
import { designInput } from '../support/design-input';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour, many } from '../support/rows';

jest.setTimeout(120_000);

const DAY = 24;
const person = { who: 'ann', reason: 'because' };
const variants = ['control', 'a', 'b'].map((name, index) => ({ name, weight: [0.4, 0.3, 0.3][index]! }));

let loop: TestLoop;
let counter = 0;
/** What happens to an activity before it does its work. */
const before = new Map<string, (signal: AbortSignal) => Promise<void>>();
beforeAll(async () => {
  loop = await startTestLoop({
    interceptActivities: ({ info, cancellationSignal }) => ({
      inbound: {
        execute: async (input, next) => {
          await before.get(info.activityType.replace('loopwright.', ''))?.(cancellationSignal);
          return next(input);
        },
      },
    }),
  });
});
afterEach(() => before.clear());
afterAll(() => loop.close());

const pause = (length: number) => new Promise<void>((resolve) => setTimeout(resolve, length));
const advance = (id: string, k: number) => loop.client.experiments.advance(id, { source: 'test', at: hour(k) });
const record = async (id: string) => (await loop.client.experiments.record(id))!;
const refusedAs = (type: string) => expect.objectContaining({ type }) as unknown;

async function declare(change: Partial<ExperimentDesignInput> = {}): Promise<string> {
  const id = `${loop.model}-${(counter += 1)}`;
  await loop.client.experiments.create(designInput({ id, clock: 'data', ...change }));
  await eventually(async () => (await loop.client.experiments.status(id)).plan !== null);
  return id;
}

async function begin(change: Partial<ExperimentDesignInput> = {}): Promise<string> {
  const id = await declare({ start: hour(0), ...change });
  await advance(id, 0);
  return id;
}

/** The second decision comes while the first is being written: both were fine when they came. */
async function together(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<[unknown, unknown]> {
  before.set('publishDesign', () => pause(800));
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => error,
    );
  const one = outcome(first());
  await pause(250);
  return Promise.all([one, outcome(second())]);
}

test('of two starts at once the second is refused, and the first stands', async () => {
  const id = await declare();
  await advance(id, 24);
  const said = await together(
    () => loop.client.experiments.start(id, { ...person, at: hour(0) }),
    () => loop.client.experiments.start(id, { ...person, at: hour(24) }),
  );
  expect(said).toEqual(['done', refusedAs(failureTypes.conflict)]);
  expect(await record(id)).toMatchObject({ start: hour(0), end: hour(28 * DAY) });
  await loop.client.experiments.stop(id, person);
});

test.each<[string, (id: string) => readonly [() => Promise<unknown>, () => Promise<unknown>], object]>([
  [
    'ramps: it never goes down',
    (id) => [
      () => loop.client.experiments.ramp(id, { ...person, coverage: 0.8 }),
      () => loop.client.experiments.ramp(id, { ...person, coverage: 0.5 }),
    ],
    { coverage: 0.8 },
  ],
  [
    'drops: one variant is left beside the control',
    (id) => [
      () => loop.client.experiments.dropVariant(id, { ...person, variant: 'a' }),
      () => loop.client.experiments.dropVariant(id, { ...person, variant: 'b' }),
    ],
    { dropped: ['a'] },
  ],
  [
    'extensions: it never gets shorter',
    (id) => [
      () => loop.client.experiments.extend(id, { ...person, duration: '56d' }),
      () => loop.client.experiments.extend(id, { ...person, duration: '42d' }),
    ],
    { end: hour(56 * DAY) },
  ],
])('of two %s', async (_, of, expected) => {
  const id = await begin({ variants, ramp: [{ coverage: 0.1, hold: '7d' }] });
  const said = await together(...of(id));
  expect(said).toEqual(['done', refusedAs(failureTypes.invalidSpec)]);
  expect(await record(id)).toMatchObject(expected);
  await loop.client.experiments.stop(id, person);
});

test('a stop does not wait for an analysis that does not come back', async () => {
  const id = await begin();
  let met = false;
  before.set('analyseDesign', (signal) => {
    met = true;
    return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  });
  const advanced = advance(id, 2 * DAY);
  await eventually(() => met);
  expect(await loop.client.experiments.stop(id, person)).toMatchObject({ decision: 'stop' });
  await advanced;
  expect(await record(id)).toMatchObject({ running: false, result: { reasons: ['because (ann)'] } });
});

test('what fails for good says so in its record', async () => {
  const id = await begin();
  before.set('analyseDesign', () => Promise.reject(ApplicationFailure.nonRetryable('the sums are not sums')));
  await expect(advance(id, 2 * DAY)).resolves.toBeDefined();
  await expect(loop.client.experiments.handle(id).result()).rejects.toThrow();
  const { running, result } = await record(id);
  expect({ running, reasons: result!.reasons }).toEqual({ running: false, reasons: ['failed: the sums are not sums'] });
});

test('an id is used once: the record of the first stands', async () => {
  const id = await begin();
  await loop.client.experiments.stop(id, person);
  const first = await record(id);
  await expect(loop.client.experiments.create(designInput({ id }))).rejects.toThrow(/id is .* no experiment has had/);
  const handle = await loop.temporal.workflow.start('loopwright.runExperiment', {
    ...{ taskQueue: loop.taskQueue, workflowId: `experiment:${id}` },
    args: [{ design: designInput({ id }) }],
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { cause: { type: failureTypes.conflict, message: expect.stringContaining(id) as unknown } },
  });
  expect(await record(id)).toEqual(first);
});

test('an exposure that is over before it begins is refused: by the client, by a raw start, by a person', async () => {
  const old = { clock: 'wall', start: '2020-01-01' } as const;
  const id = `${loop.model}-${(counter += 1)}`;
  await expect(loop.client.experiments.create(designInput({ id, ...old }))).rejects.toThrow(/start is .* is over/);
  const handle = await loop.temporal.workflow.start('loopwright.runExperiment', {
    ...{ taskQueue: loop.taskQueue, workflowId: `experiment:${id}` },
    args: [{ design: designInput({ id, ...old }) }],
  });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: failureTypes.invalidSpec } });
  expect(await loop.client.experiments.record(id)).toBeNull();
  const draft = await declare({ clock: 'wall' });
  await expect(loop.client.experiments.start(draft, { ...person, at: old.start })).rejects.toEqual(
    refusedAs(failureTypes.invalidSpec),
  );
  await loop.client.experiments.stop(draft, person);
});

test('a look with too few units spends nothing: the last bound is that of a single look', async () => {
  const sequential = { kind: 'spending', looks: 2, spending: 'pocock' } as const;
  const id = await begin({ sequential });
  const exposures = many(800, (k): Exposure => {
    const at = hour(k < 80 ? DAY : 20 * DAY);
    return { experiment: id, unit: `${id}/${k}`, variant: k % 2 === 0 ? 'control' : 'short', at };
  });
  await loop.client.tracking.expose(exposures);
  await loop.client.tracking.track(
    exposures.flatMap(({ unit, at }, k) => (k % 5 === 0 ? [{ eventId: unit, unit, event: 'order', at }] : [])),
  );
  await advance(id, 31 * DAY);
  const looks = (await loop.client.experiments.analyses(id)).filter(({ kind }) => kind === 'look');
  expect(looks.map(({ status, comparisons }) => [status, comparisons[0]!.bound])).toEqual([
    ['below-minimum', null],
    ['ok', expect.closeTo(1.96, 3)],
  ]);
});
