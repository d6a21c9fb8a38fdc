import { failureTypes } from '../../src/contracts';
import type { ExperimentDesignInput } from '../../src/schemas';
import { designInput } from '../support/design-input';
import { sendTraffic } from '../support/design-traffic';
import type { Behaviour, Traffic } from '../support/design-traffic';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { modelBytes } from '../support/models';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

const person = { who: 'ann', reason: 'because' };
const DAY = 24;
const orders = {
  name: 'orders',
  role: 'success',
  type: 'proportion',
  source: { kind: 'event', event: 'order' },
} as const;
const errors = {
  name: 'errors',
  role: 'guardrail',
  type: 'proportion',
  source: { kind: 'event', event: 'error' },
  direction: 'lower-is-better',
  margin: 0.1,
  conversionWindow: '1d',
} as const;

let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

/** A design of four weeks on the data clock, begun at hour 0. */
async function begin(change: Partial<ExperimentDesignInput> = {}): Promise<string> {
  const id = `${loop.model}-${(counter += 1)}`;
  await loop.client.experiments.create(designInput({ id, clock: 'data', start: hour(0), ...change }));
  await advance(id, 0);
  return id;
}

const advance = (id: string, k: number) => loop.client.experiments.advance(id, { source: 'test', at: hour(k) });
const record = async (id: string) => (await loop.client.experiments.record(id))!;
const refusedAs = (type: string) => expect.objectContaining({ type });

function send(experiment: string, behaviour: Behaviour, change: Partial<Traffic> = {}) {
  return sendTraffic(loop.client, { experiment, days: 28, perDay: 100, behaviour, ...change });
}

test.each([
  ['better', { control: { order: 0.2 }, short: { order: 0.35 } }, 'ship', 'short'],
  ['worse', { control: { order: 0.35 }, short: { order: 0.2 } }, 'rollback', null],
  ['no different', { control: { order: 0.3 }, short: { order: 0.3 } }, 'inconclusive', null],
] as const)(
  'a variant that is %s ends as it should, and the record tells why',
  async (_, behaviour, decision, variant) => {
    const id = await begin();
    const counts = await send(id, behaviour);
    await advance(id, 31 * DAY);
    const { result, looks, events, running, phase } = await record(id);
    expect(result).toMatchObject({ decision, variant, from: hour(0), acted: 'nothing' });
    expect(result!.reasons.join(' ')).toMatch(/orders/);
    expect({ running, phase }).toEqual({ running: false, phase: 'archived' });
    const kinds = events.map(({ kind }) => kind);
    expect(kinds).toEqual(['created', 'started', 'decided', 'acted', 'archived']);
    const planned = looks.filter(({ kind }) => kind === 'look');
    expect(planned.at(-1)!.recommendation.decision).toBe(decision);
    if (decision === 'inconclusive') {
      expect(planned.map(({ k, at, exposedTo }) => [k, at, exposedTo])).toEqual(
        [1, 2, 3, 4].map((k) => [k, hour((7 * k + 3) * DAY), hour(7 * k * DAY)]),
      );
      expect(planned.at(-1)!.units).toBe(counts.control! + counts.short!);
    } else expect(planned.length).toBeLessThan(4);
  },
);

test('a broken guardrail stops it at a check, long before the first look', async () => {
  const id = await begin({ metrics: [orders, errors] });
  await send(id, { control: { order: 0.3, error: 0.05 }, short: { order: 0.3, error: 0.4 } }, { perDay: 400, days: 7 });
  await advance(id, 7 * DAY);
  const { result, looks } = await record(id);
  expect(result).toMatchObject({ decision: 'stop', variant: null });
  expect(result!.decidedAt < hour(7 * DAY)).toBe(true);
  expect(looks.map(({ kind }) => kind)).not.toContain('look');
  expect(result!.reasons.join(' ')).toMatch(/errors/);
});

test('a guardrail whose window is short is not kept waiting by one whose window is long', async () => {
  const returns = {
    ...errors,
    name: 'returns',
    source: { kind: 'event', event: 'return' } as const,
    conversionWindow: '21d',
  };
  const id = await begin({ metrics: [orders, errors, returns] });
  await send(id, { control: { order: 0.3, error: 0.05 }, short: { order: 0.3, error: 0.4 } }, { perDay: 400, days: 7 });
  await advance(id, 7 * DAY);
  const { result } = await record(id);
  expect(result).toMatchObject({ decision: 'stop' });
  expect(result!.reasons.join(' ')).toMatch(/errors/);
});

test('a split that is not the declared one makes it invalid: nothing is promoted', async () => {
  const id = await begin();
  await send(
    id,
    { control: { order: 0.2 }, short: { order: 0.9 } },
    { variantOf: (k) => (k % 10 < 6 ? 'short' : 'control') },
  );
  await advance(id, 31 * DAY);
  const { result } = await record(id);
  expect(result).toMatchObject({ decision: 'invalid', acted: 'nothing' });
});

test('the winner is promoted where the design asks for it, and the ledger says on which evidence', async () => {
  const model = `${loop.model}-p`;
  for (const key of ['1', '2']) await loop.client.models.register({ model, key, artifact: modelBytes(Number(key)) });
  await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
  const variants = [
    { name: 'control', weight: 0.5, version: 1 },
    { name: 'short', weight: 0.5, version: 2 },
  ];
  const id = await begin({ model, variants, criteria: { onShip: 'promote' } });
  await send(id, { control: { order: 0.2 }, short: { order: 0.35 } });
  await advance(id, 31 * DAY);
  expect((await record(id)).result).toMatchObject({ decision: 'ship', acted: 'promoted' });
  expect(await loop.client.deployments.current({ model })).toMatchObject({ champion: 2, previous: 1 });
  const last = (await loop.client.deployments.history({ model })).at(-1)!;
  expect(last).toMatchObject({ action: 'promote', evidence: [`experiment ${id}`] });
  expect(last.by!.workflowId).toBe(`experiment:${id}`);
});

test('a promotion that is refused does not undo the finding', async () => {
  const variants = [
    { name: 'control', weight: 0.5, version: 1 },
    { name: 'short', weight: 0.5, version: 2 },
  ];
  const id = await begin({ model: `${loop.model}-none`, variants, criteria: { onShip: 'promote' } });
  await send(id, { control: { order: 0.2 }, short: { order: 0.35 } });
  await advance(id, 31 * DAY);
  const { result, events } = await record(id);
  expect(result).toMatchObject({ decision: 'ship', acted: 'nothing' });
  expect(events.find(({ kind }) => kind === 'acted')!.reason).toMatch(/^nothing: .+/);
});

test('a draft waits for a person; ramp steps are held; a variant may be dropped; it may be extended and stopped', async () => {
  const id = `${loop.model}-${(counter += 1)}`;
  const variants = ['control', 'a', 'b'].map((name, index) => ({ name, weight: [0.4, 0.3, 0.3][index]! }));
  const ramp = [
    { coverage: 0.1, hold: '1d' },
    { coverage: 0.5, hold: '2d' },
  ];
  await loop.client.experiments.create(designInput({ id, clock: 'data', variants, ramp }));
  await eventually(async () => (await loop.client.experiments.status(id)).plan !== null);
  await expect(loop.client.experiments.ramp(id, person)).rejects.toEqual(refusedAs(failureTypes.conflict));
  expect(await loop.client.experiments.start(id, { ...person, at: hour(24) })).toMatchObject({
    phase: 'scheduled',
    start: hour(24),
    nextDueAt: hour(24),
  });
  await advance(id, 24);
  expect(await loop.client.experiments.status(id)).toMatchObject({
    phase: 'running',
    coverage: 0.1,
    end: hour(29 * DAY),
  });
  await advance(id, 2 * DAY);
  expect((await loop.client.experiments.status(id)).coverage).toBe(0.5);
  expect((await loop.client.experiments.ramp(id, { ...person, coverage: 0.8 })).coverage).toBe(0.8);
  await advance(id, 5 * DAY);
  expect((await loop.client.experiments.status(id)).coverage).toBe(1);
  await expect(loop.client.experiments.ramp(id, person)).rejects.toEqual(refusedAs(failureTypes.invalidSpec));
  await expect(loop.client.experiments.dropVariant(id, { ...person, variant: 'control' })).rejects.toEqual(
    refusedAs(failureTypes.invalidSpec),
  );
  expect((await loop.client.experiments.dropVariant(id, { ...person, variant: 'a' })).dropped).toEqual(['a']);
  await expect(loop.client.experiments.dropVariant(id, { ...person, variant: 'b' })).rejects.toThrow();
  await expect(loop.client.experiments.extend(id, { ...person, duration: '7d' })).rejects.toEqual(
    refusedAs(failureTypes.invalidSpec),
  );
  expect((await loop.client.experiments.extend(id, { ...person, duration: '56d' })).end).toBe(hour(57 * DAY));
  const stopped = await loop.client.experiments.stop(id, person);
  expect(stopped).toMatchObject({ decision: 'stop', reasons: ['because (ann)'] });
  const { events, dropped } = await record(id);
  expect(dropped).toEqual(['a']);
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['created', 'scheduled', 'started', 'ramped', 'ramped', 'ramped', 'dropped', 'extended'],
    ...['decided', 'acted', 'archived'],
  ]);
  await expect(loop.client.experiments.stop(id, person)).rejects.toThrow();
});

test('a breach in one variant drops it, and the others go on to their decision', async () => {
  const variants = ['control', 'a', 'b'].map((name, index) => ({ name, weight: [0.4, 0.3, 0.3][index]! }));
  const id = await begin({ variants, metrics: [orders, errors] });
  const behaviour = {
    control: { order: 0.3, error: 0.05 },
    a: { order: 0.3, error: 0.5 },
    b: { order: 0.3, error: 0.05 },
  };
  // Three weeks by the declared shares, a little at a time: who is dropped meets nobody new.
  const turns = ['control', 'control', 'control', 'control', 'a', 'a', 'a', 'b', 'b', 'b'];
  await send(id, behaviour, { perDay: 500, days: 5, variantOf: (k) => turns[k % 10]! });
  await advance(id, 6 * DAY);
  const { dropped, result, events } = await record(id);
  expect(dropped).toEqual(['a']);
  expect(result).toBeNull();
  expect(events.at(-1)).toMatchObject({ kind: 'dropped', who: 'experiment' });
  await loop.client.experiments.stop(id, person);
});

test('a peek decides nothing and spends nothing; its numbers are recorded', async () => {
  const id = await begin();
  await send(id, { control: { order: 0.2 }, short: { order: 0.35 } });
  await advance(id, 6 * DAY);
  const peek = await loop.client.experiments.analyse(id, person);
  expect(peek).toMatchObject({ kind: 'peek', k: null, at: hour(6 * DAY) });
  const [comparison] = peek.comparisons;
  expect(comparison).toMatchObject({ metric: 'orders', variant: 'short', bound: null, significant: false });
  expect(comparison!.anytime!.low).toBeLessThan(comparison!.difference!.value);
  expect((await record(id)).result).toBeNull();
  expect((await loop.client.experiments.analyses(id)).map(({ kind }) => kind)).toContain('peek');
  await loop.client.experiments.stop(id, person);
});

test('a start that did not come through the client is checked at the door', async () => {
  const handle = await loop.temporal.workflow.start('loopwright.runExperiment', {
    taskQueue: loop.taskQueue,
    workflowId: `experiment:${loop.model}-bad`,
    args: [{ design: { ...designInput(), variants: [] } }],
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { cause: { type: failureTypes.invalidSpec, message: expect.stringContaining('variants') as unknown } },
  });
});

test('a cancelled run says so in its record, and nobody is assigned any more', async () => {
  const id = await begin();
  await loop.client.experiments.handle(id).cancel();
  await expect(loop.client.experiments.handle(id).result()).rejects.toThrow();
  expect(await record(id)).toMatchObject({ running: false, result: { decision: 'stop', reasons: ['cancelled'] } });
});
