import { pipelineStatusQuery } from '../../src/contracts';
import type { PipelineStatus } from '../../src/contracts';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, puppet, resultOf, startRun } from '../support/pipeline-loop';
import { Puppet } from '../support/puppet';

jest.setTimeout(180_000);

const stages = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings });
});
afterAll(() => loop.close());

const text = async (uri: string) => Buffer.from(await loop.stores.artifacts.get(uri.slice(-64))).toString();

test('stages run as their order allows, and what one leaves is what the next is given', async () => {
  const spec = declared(
    [
      puppet('c', '', {
        inputs: [
          { name: 'left', from: 'a.out' },
          { name: 'right', from: 'b.out' },
        ],
        outputs: [{ name: 'out', path: 'c.txt' }],
      }),
      puppet('a', '', {
        inputs: [{ name: 'day', value: '{{ .Date }}' }],
        outputs: [{ name: 'out', path: '/data/a.txt' }],
      }),
      puppet('b', '', { inputs: [{ name: 'n', value: '{{ .Params.n }}' }], outputs: [{ name: 'out', path: 'b.txt' }] }),
    ],
    { parameters: { n: 1 }, timezone: 'Europe/Berlin' },
  );
  const at = '2026-03-01T23:30:00.000Z';
  const handle = await startRun(loop, spec, { at, params: { n: 7 }, returns: ['c.out', 'a.out'] });
  const result = await resultOf(handle);
  expect(result).toMatchObject({ decision: 'succeeded', reasons: [], stages: { succeeded: 3, failed: 0, skipped: 0 } });
  if (typeof result === 'string') throw new Error(result);
  expect(await text(result.outputs['c.out']!.uri)).toBe('c(left=a(day=2026-03-02), right=b(n=7))');
  expect(Object.keys(result.outputs)).toEqual(['c.out', 'a.out']);
  expect(stages.of(spec.metadata.name).at(-1)).toBe('c');
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(status).toMatchObject({ phase: 'closed', day: '2026-03-02', result: { decision: 'succeeded' } });
});

test('a condition skips with its reason, metrics and parameters decide, and what hangs on a skipped one is skipped', async () => {
  const spec = declared(
    [
      puppet('train', 'metric:auc=0.9'),
      puppet('good', '', {
        dependsOn: ['train'],
        condition: '{{ .Stages.train.Metrics.auc >= 0.8 and .Params.deploy }}',
      }),
      puppet('bad', '', { dependsOn: ['train'], condition: '{{ .Stages.train.Metrics.auc < 0.8 }}' }),
      puppet('after', '', { dependsOn: ['bad'] }),
      puppet('unknown', '', {
        dependsOn: ['train'],
        condition: '{{ .Stages.train.Metrics.f1 > 0 }}',
        allowFailure: true,
      }),
    ],
    { parameters: { deploy: true } },
  );
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({
    decision: 'succeeded',
    stages: { succeeded: 2, failed: 1, skipped: 2 },
  });
  const { stages: shown }: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(Object.fromEntries(shown.map(({ name, standing, reason }) => [name, [standing, reason]]))).toEqual({
    train: ['succeeded', undefined],
    good: ['succeeded', undefined],
    bad: ['skipped', 'the condition is false'],
    after: ['skipped', 'bad was skipped'],
    unknown: ['failed', 'the condition asks for .Stages.train.Metrics.f1, which is not known'],
  });
  expect(stages.of(spec.metadata.name).sort()).toEqual(['good', 'train']);
});

test('a rule that is broken fails the stage at once: it is not tried again', async () => {
  const spec = declared([
    puppet('check', 'metric:auc=0.7', {
      retry: { attempts: 5, interval: '10ms' },
      validationRules: [
        { metric: 'auc', threshold: 0.9 },
        { metric: 'accuracy', threshold: 0.5 },
      ],
    }),
    puppet('next', '', { dependsOn: ['check'] }),
    puppet('tell', '', { dependsOn: ['check'], condition: '{{ .Stages.check.Failed }}' }),
  ]);
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toBe(
    `pipeline ${spec.metadata.name} failed: check: auc is 0.7, expected at least 0.9; accuracy was not reported`,
  );
  expect(stages.of(spec.metadata.name)).toEqual(['check', 'tell']);
});

test('a stage is tried as often as its pipeline says, and its failure carries the end of its log', async () => {
  const spec = declared([
    puppet('flaky', 'fail:2', { retry: { attempts: 3, interval: '10ms' } }),
    puppet('broken', 'fail', { retry: { attempts: 2, interval: '10ms' } }),
  ]);
  const reason = await resultOf(await startRun(loop, spec));
  expect(reason).toMatch(/broken: .*broken cannot/);
  expect(reason).toContain('attempt 2 of broken');
  expect(stages.of(spec.metadata.name).sort()).toEqual(['broken', 'broken', 'flaky', 'flaky', 'flaky']);
});

test('a fan-out runs once for each item, no more at once than is said, and its failure names the items', async () => {
  const items = Array.from({ length: 12 }, (_, k) => k);
  const spec = declared(
    [
      puppet('each', '', {
        forEach: { items },
        inputs: [{ name: 'n', value: '{{ .Item }}' }],
        outputs: [{ name: 'o', path: 'o' }],
      }),
      puppet('some', 'fail', { forEach: { items: ['x', 'y'] }, allowFailure: true }),
      puppet('last', '', { dependsOn: ['each', 'some'] }),
    ],
    { parallelism: 3 },
  );
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded' });
  const { stages: shown }: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(shown.find(({ name }) => name === 'some')!.reason).toMatch(/^item 0: .*; item 1: /s);
  const calls = stages.of(spec.metadata.name);
  expect(calls.filter((call) => call.startsWith('each')).sort()).toEqual(items.map((k) => `each[${k}]`).sort());
  expect(calls.at(-1)).toBe('last');
  const { events } = await handle.fetchHistory();
  let [running, most] = [0, 0];
  for (const event of events ?? []) {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'loopwright.runStage') running += 1;
    if (event.activityTaskCompletedEventAttributes && running > 0) running -= 1;
    most = Math.max(most, running);
  }
  expect(most).toBeLessThanOrEqual(3);
});
