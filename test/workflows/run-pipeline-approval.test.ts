import { approveStageUpdate, pipelineStatusQuery } from '../../src/contracts';
import type { ApproveStage, PipelineStatus } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet } from '../support/puppet';

jest.setTimeout(180_000);

const stages = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings });
});
afterAll(() => loop.close());

const approval = { message: 'may it go?' };
const word = { stage: 'gate', approved: true, who: 'ann', reason: 'looks right' } satisfies ApproveStage;

test('a stage waits for a person while others go on, and says so; what is said must fit', async () => {
  const spec = declared([
    puppet('gate', '', { approval: { ...approval, timeout: '30d' } }),
    puppet('other', ''),
    puppet('after', '', { dependsOn: ['gate'] }),
  ]);
  const handle = await startRun(loop, spec);
  await eventually(async () => (await standings(handle)).other === 'succeeded');
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(status.approvals).toEqual([{ stage: 'gate', message: 'may it go?', until: expect.any(String) }]);
  const days = (Date.parse(status.approvals[0]!.until!) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
  const send = (change: object) => handle.executeUpdate(approveStageUpdate, { args: [{ ...word, ...change }] });
  const refusal = async (change: object) =>
    (await send(change).catch((error: unknown) => (error as Error).cause)) as Error;
  expect((await refusal({ stage: 'gat' })).message).toBe('stage is "gat": expected one of gate');
  expect((await refusal({ stage: 'other' })).message).toBe('stage other does not wait for a person: one of gate');
  expect((await refusal({ approved: 'yes' })).message).toBe('approved is "yes": expected true or false');
  expect((await refusal({ who: '' })).message).toMatch(/^who is ""/);
  expect(stages.of(spec.metadata.name)).toEqual(['other']);
  await send({});
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded' });
  expect(stages.of(spec.metadata.name)).toEqual(['other', 'gate', 'after']);
});

test('a stage that is rejected, or that nobody speaks of in time, fails with who and why', async () => {
  const rejected = declared([puppet('gate', '', { approval })]);
  const handle = await startRun(loop, rejected);
  await eventually(async () => (await standings(handle)).gate === 'approval');
  await handle.executeUpdate(approveStageUpdate, { args: [{ ...word, approved: false, reason: 'no' }] });
  expect(await resultOf(handle)).toMatch(/failed: gate: rejected by ann: no$/);
  const late = declared([puppet('gate', '', { approval: { ...approval, timeout: '1s' } })]);
  expect(await resultOf(await startRun(loop, late))).toMatch(/gate: rejected by the time-out: nobody approved it by /);
  expect(stages.of(rejected.metadata.name).concat(stages.of(late.metadata.name))).toEqual([]);
});
