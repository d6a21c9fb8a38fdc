import { experimentWatermarkSignal } from '../../src/contracts';
import { designInput } from '../support/design-input';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { modelBytes } from '../support/models';
import { hour, many, outcome, prediction } from '../support/rows';
import { seeded } from '../support/streams';

jest.setTimeout(240_000);

const DAY = 24;
const person = { who: 'ann', reason: 'because' };

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

test('more looks than a run bears go on in the next one, and so does what a person asks for meanwhile', async () => {
  const id = `${loop.model}-long`;
  const { experiments } = loop.client;
  const sequential = { kind: 'always-valid' } as const;
  const plan = { sequential, checkEvery: '4h', allocation: 0.9, ramp: [{ coverage: 0.1, hold: '90d' }] };
  await experiments.create(designInput({ id, clock: 'data', start: hour(0), ...plan }));
  await experiments.advance(id, { source: 'test', at: hour(0) });
  const first = (await experiments.handle(id).describe()).runId;
  // A signal waits for nobody: the run may end in the middle of what is due.
  await experiments.handle(id).signal(experimentWatermarkSignal, { source: 'test', at: hour(31 * DAY) });
  await eventually(async () => (await experiments.status(id)).looks.length > 0);
  expect((await experiments.ramp(id, { ...person, coverage: 0.5 })).coverage).toBe(0.5);
  await experiments.handle(id).result();
  const { looks, events, result } = (await experiments.record(id))!;
  expect(result).toMatchObject({ decision: 'inconclusive' });
  expect(looks.map(({ k }) => k)).toEqual(many(168, (k) => k + 1));
  expect(events.filter(({ kind }) => kind === 'ramped')).toHaveLength(1);
  expect((await experiments.handle(id).describe()).runId).not.toBe(first);
});

test('a design on outcomes of predictions needs no exposures: its units are those that were served', async () => {
  const model = `${loop.model}-o`;
  for (const key of ['1', '2']) await loop.client.models.register({ model, key, artifact: modelBytes(Number(key)) });
  await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
  const id = `${model}-e`;
  const variants = [
    { name: 'old', weight: 0.5, version: 1 },
    { name: 'new', weight: 0.5, version: 2 },
  ];
  const source = { kind: 'outcome', metric: 'accuracy' } as const;
  const metrics = [{ name: 'accuracy', role: 'success', type: 'mean', source, conversionWindow: '1d' } as const];
  const criteria = { onShip: 'promote' } as const;
  await loop.client.experiments.create(
    designInput({ id, clock: 'data', start: hour(0), duration: '14d', model, variants, metrics, criteria }),
  );
  await loop.client.experiments.advance(id, { source: 'test', at: hour(0) });
  const random = seeded(5);
  const rows = many(14 * DAY, (k) => ({ k, version: 1 + (k % 2), right: random() < (k % 2 === 0 ? 0.6 : 0.9) }));
  await loop.client.predictions.log(
    { model },
    rows.map(({ k, version }) => prediction(k, { version, prediction: 1 })),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ k, right }) => outcome(k, { label: right ? 1 : 0, labelTs: hour(k + 2) })),
  );
  await loop.client.experiments.advance(id, { source: 'test', at: hour(16 * DAY) });
  const { result } = (await loop.client.experiments.record(id))!;
  expect(result).toMatchObject({ decision: 'ship', variant: 'new', acted: 'promoted' });
  expect(await loop.client.deployments.current({ model })).toMatchObject({ champion: 2 });
  const last = (await loop.client.experiments.analyses(id)).findLast(({ kind }) => kind === 'look')!;
  const share = (version: number) => {
    const mine = rows.filter((row) => row.version === version && row.k < 24 * 7 * last.k!);
    return mine.filter(({ right }) => right).length / mine.length;
  };
  expect(last.comparisons[0]!.means[0]).toBeCloseTo(share(1), 9);
  expect(last.comparisons[0]!.means[1]).toBeCloseTo(share(2), 9);
});
