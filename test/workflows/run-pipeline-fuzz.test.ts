/** Pipelines and inputs that were broken at random are started as they are: a run ends, or fails with a typed failure. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { seeded } from '../../src/cli/random';
import { NON_RETRYABLE, STAGE_FAILED } from '../../src/contracts';
import type { StageCall } from '../../src/contracts';
import { HOSTILE_TEMPLATES, HOSTILE_VALUES } from '../support/attacks';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, puppet } from '../support/pipeline-loop';
import { PUPPET } from '../support/puppet';

jest.setTimeout(3_600_000);

/** `LOOPWRIGHT_FUZZ=10000` for more of them. */
const RUNS = Number(process.env.LOOPWRIGHT_FUZZ ?? 200);
const AT_ONCE = 10;
/** Far above what any takes, for the machine of the tests may be busy; one that is tried again and again never ends. */
const LIMIT_MS = 60_000;

const random = seeded(88);
const below = (n: number): number => Math.floor(random() * n);
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!;
const ref = { sha256: '0'.repeat(64), bytes: 1, uri: `artifact://file/${'0'.repeat(64)}` };
const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e21,
    '',
    'a',
    'a.o',
    [],
    {},
    [[]],
    { a: 1 },
    '7d',
    ['a.o'],
    { run: 'r', begun: 7, ended: 3 },
  ],
  ...['2026-02-30T00:00:00Z', 'x'.repeat(300_000), 'pipeline:none:r1', { '/data': ref }, { '/data': 'x' }],
  ...['{{ .Date }}', '{{ .Stages.a.Failed }}', '{{ .Stages.b.Metrics.auc > 0 }}', PUPPET, 'nobody:v1'],
  ...HOSTILE_VALUES,
  ...HOSTILE_TEMPLATES,
];
const FIELDS = [
  'pipeline',
  'digest',
  'spec',
  'params',
  'at',
  'retryOf',
  'files',
  'returns',
  'who',
  'state',
  'planOnly',
  '__proto__',
  'x',
];

function good(): Record<string, unknown> {
  const undo = { compensate: { image: PUPPET, args: [] } };
  const spec = declared(
    [
      puppet('a', '', { outputs: [{ name: 'o', path: 'o' }], ...undo }),
      puppet('b', '', { inputs: [{ name: 'in', from: 'a.o' }], forEach: { items: ['x', 'y'] } }),
      puppet('c', oneOf(['', 'fail']), {
        dependsOn: ['b'],
        condition: '{{ .Params.n < 2 }}',
        allowFailure: random() < 0.5,
      }),
    ],
    { parameters: { n: 1 }, onFailure: { image: PUPPET } },
  );
  return { spec: structuredClone(spec), params: { n: below(3) }, returns: ['a.o'] };
}

/** Replaces, takes away or adds a value anywhere in a tree. */
function breakOne(tree: unknown): void {
  const places: { readonly at: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ at: value as Record<string, unknown>, key });
      walk(Reflect.get(value, key));
    }
  };
  walk(tree);
  const { at, key } = oneOf(places);
  const change = below(4);
  if (change === 0) delete at[key];
  else if (change === 1) Reflect.set(at, oneOf(FIELDS), oneOf(ODD));
  else at[key] = oneOf(ODD);
}

function broken(): unknown {
  if (random() < 0.05) return oneOf(ODD);
  const input = good();
  if (random() < 0.3) input[oneOf(FIELDS)] = oneOf(ODD);
  else for (let left = 1 + below(2); left > 0; left -= 1) breakOne(input);
  return input;
}

let loop: TestLoop;
beforeAll(async () => {
  const run = async ({ args, outputs }: StageCall) => {
    // What is tried again takes its time, which is not what is looked for.
    if (args.includes('fail')) throw ApplicationFailure.nonRetryable('cannot', STAGE_FAILED);
    for (const path of Object.values(outputs)) await writeFile(path, 'x').catch(() => undefined);
    return { metrics: { auc: 0.5 } };
  };
  loop = await startTestLoop({ pipelines: { executors: { 'test/*': { kind: 'function', version: '1', run } } } });
});
afterAll(() => loop.close());

/** How a run ended: `succeeded`, a type of failure, or what should not be. */
async function fateOf(handle: WorkflowHandle): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, LIMIT_MS, 'runs still').unref());
  const ended = handle.result().then(
    () => 'succeeded',
    (error: unknown) => {
      const cause = error instanceof WorkflowFailedError ? rootOf(error.cause!) : error;
      return cause instanceof ApplicationFailure ? `${cause.type}` : `untyped: ${String(cause)}`;
    },
  );
  return Promise.race([ended, late]);
}

function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}

test(`${RUNS} broken runs end, each with a result or a typed failure, and none fails in a task of its workflow`, async () => {
  const fates = new Map<string, number>();
  const one = async (): Promise<void> => {
    const input = broken();
    const workflowId = `pipeline:fuzz:${randomUUID()}`;
    const { temporal, taskQueue } = loop;
    const args = random() < 0.02 ? [] : [input];
    const handle = await temporal.workflow.start('loopwright.runPipeline', { workflowId, taskQueue, args });
    const fate = await fateOf(handle);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    const { events } = await handle.fetchHistory();
    const failedTask = (events ?? []).find((event) => event.workflowTaskFailedEventAttributes);
    if (failedTask === undefined && (fate === 'succeeded' || NON_RETRYABLE.includes(fate))) return;
    const why = failedTask?.workflowTaskFailedEventAttributes?.failure?.message ?? '';
    throw new Error(`${fate} ${why}:\n${(JSON.stringify(args) ?? '').slice(0, 3_000)}`);
  };
  let left = RUNS;
  const lane = async (): Promise<void> => {
    while ((left -= 1) >= 0) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  // Neither all of them nor none: what is broken has to be near what is good.
  expect(fates.get('succeeded')).toBeGreaterThan(RUNS / 50);
  expect(fates.get('loopwright.InvalidSpec')).toBeGreaterThan(RUNS / 4);
});
