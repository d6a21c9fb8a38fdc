import { openTestLoop, workOn } from '../support/environment';
import { declared, puppet, resultOf, startRun } from '../support/pipeline-loop';
import { Puppet } from '../support/puppet';

jest.setTimeout(180_000);

const stages = new Puppet();

const once = () =>
  declared([
    puppet('made', 'hold', { cache: { maxAge: '1d' }, outputs: [{ name: 'o', path: 'o' }] }),
    puppet('taken', '', { inputs: [{ name: 'in', from: 'made.o' }] }),
  ]);

test.each([1, 2])('two runs at once that want the same make it once, with %d workers', async (workers) => {
  const shared = await openTestLoop();
  const puppets = Array.from({ length: workers }, () => new Puppet());
  const stops = await Promise.all(
    puppets.map(({ settings }) => workOn(shared, { pipelines: settings, activitySlots: 20 })),
  );
  try {
    const spec = once();
    const handles = await Promise.all([1, 2, 3, 4].map((k) => startRun(shared, spec, {}, `r${k}`)));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const each of puppets) each.release(spec.metadata.name, 'made');
    for (const handle of handles) expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded' });
    const calls = puppets.flatMap((each) => each.of(spec.metadata.name));
    expect(calls.filter((call) => call === 'made')).toHaveLength(1);
    expect(calls.filter((call) => call === 'taken')).toHaveLength(4);
    const sources = await Promise.all(
      handles.map(
        async ({ workflowId }) => (await shared.stores.pipelineStages.of(workflowId, 'made'))[0]!.outcome!.source,
      ),
    );
    expect(sources.sort()).toEqual(['cache', 'cache', 'cache', 'run']);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    await shared.close();
  }
});

test('a retry of a fan-out of two hundred runs only the items that failed', async () => {
  const items = Array.from({ length: 200 }, (_, k) => k);
  const bad = new Set([3, 77, 199]);
  let mends = false;
  const ran: number[] = [];
  const run = async ({ item }: { readonly item?: { readonly index: number } | undefined }) => {
    const { index } = item!;
    ran.push(index);
    if (bad.has(index) && !mends) throw new Error('not yet');
    await Promise.resolve();
  };
  const shared = await openTestLoop();
  const executors = { ...stages.settings.executors, items: { kind: 'function', version: '1', run } as const };
  const stop = await workOn(shared, { pipelines: { executors } });
  try {
    const spec = declared([
      { ...puppet('each', '', { forEach: { items } }), image: 'items:v1' },
      puppet('after', '', { dependsOn: ['each'] }),
    ]);
    const first = await startRun(shared, spec);
    expect(await resultOf(first)).toMatch(/failed: each: item 3: .*; item 77: .*; item 199: /s);
    expect(ran).toHaveLength(200);
    mends = true;
    const second = await startRun(shared, spec, { spec: undefined, retryOf: first.workflowId }, 'r2');
    expect(await resultOf(second)).toMatchObject({ decision: 'succeeded' });
    expect(ran.slice(200).sort((a, b) => a - b)).toEqual([...bad]);
  } finally {
    await stop();
    await shared.close();
  }
});

test('a stage that asks for a GPU runs only where there is one', async () => {
  const [plain, gpu] = [new Puppet(), new Puppet()];
  const shared = await openTestLoop();
  const stops = [
    await workOn(shared, { pipelines: plain.settings }),
    await workOn({ ...shared, taskQueue: `${shared.taskQueue}-gpu` }, { pipelines: gpu.settings }),
  ];
  try {
    const spec = declared([
      puppet('a', ''),
      puppet('train', '', { dependsOn: ['a'], resources: { gpu: 1 }, forEach: { items: [1, 2] } }),
      puppet('b', '', { dependsOn: ['train'] }),
    ]);
    expect(await resultOf(await startRun(shared, spec))).toMatchObject({ decision: 'succeeded' });
    expect(plain.of(spec.metadata.name)).toEqual(['a', 'b']);
    expect(gpu.of(spec.metadata.name).sort()).toEqual(['train[0]', 'train[1]']);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    await shared.close();
  }
});
