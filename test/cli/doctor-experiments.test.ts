import type { DesignPhase } from '../../src/contracts';
import type { ExperimentDesignInput } from '../../src/schemas';
import { designInput } from '../support/design-input';
import { findAndMend, look } from '../support/doctor';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

async function begin(change: Partial<ExperimentDesignInput>, phase: DesignPhase): Promise<string> {
  const id = `${loop.model}-${(counter += 1)}`;
  await loop.client.experiments.create(designInput({ id, clock: 'data', ...change }));
  if (phase === 'running') await loop.client.experiments.advance(id, { source: 'test', at: hour(30) });
  await eventually(async () => (await loop.client.experiments.record(id))?.phase === phase);
  return id;
}

test.each<[DesignPhase, Partial<ExperimentDesignInput>, string | null]>([
  ['draft', {}, null],
  ['scheduled', { start: hour(24) }, null],
  ['running', { start: hour(24) }, hour(24)],
])('an experiment terminated as %s is found, and its record closed', async (phase, change, from) => {
  const id = await begin(change, phase);
  expect((await look(loop)).findings.find(({ check }) => check === `experiment ${id}`)).toMatchObject({
    state: 'good',
    finding: `${phase}, its workflow runs`,
  });
  await loop.client.experiments.handle(id).terminate('planted');
  await findAndMend(loop, `experiment ${id}`);
  const record = (await loop.client.experiments.record(id))!;
  expect(record).toMatchObject({ phase: 'archived', running: false, result: { decision: 'stop', from } });
  expect(record.result!.reasons[0]).toContain('closed by doctor');
  expect(record.events.at(-1)).toMatchObject({ kind: 'archived', who: 'doctor' });
  const exposure = { experiment: id, unit: 'u', variant: 'short', at: hour(31) };
  expect((await loop.client.tracking.expose(exposure)).rejected).toEqual({ 'experiment-over': 1 });
});

test('one that ended by itself is not looked at', async () => {
  const id = await begin({ start: hour(24) }, 'running');
  await loop.client.experiments.stop(id, { who: 'ann', reason: 'because' });
  expect((await look(loop)).findings.map(({ check }) => check)).not.toContain(`experiment ${id}`);
});
