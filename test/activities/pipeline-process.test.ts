import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineSettings } from '../../src/contracts';
import { openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let folder: string;
beforeAll(async () => {
  opened = await openTestActivities();
  folder = mkdtempSync(join(tmpdir(), 'process-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await opened.close();
});

const textOf = async (ref: { sha256: string }) => Buffer.from(await opened.stores.artifacts.get(ref.sha256)).toString();

const sh = (script: string): PipelineSettings => ({
  executors: { 'worker:v1': { kind: 'process', command: ['sh', '-c', script] } },
  secrets: { key: 'the-secret' },
});
const stages = [
  stageInput('a', {
    inputs: [{ name: 'in-put', value: 'v' }],
    outputs: [{ name: 'o', path: '/models/m' }],
    hyperparameters: { l: [1, 'x'] },
    secrets: [{ name: 'KEY', ref: 'key' }],
  }),
];
/** Runs one stage as a process; says what became of it. */
async function go(script: string) {
  const on = opened.worker({ ...sh(script), folder });
  const { run: id } = await opened.open(on, stages, { parameters: { p: true } });
  const unit = { run: id, stage: 'a', unit: 0 };
  return { id, go: () => on.runStage(unit), record: () => opened.stores.pipelineStages.find(unit) };
}

test('finds all of it in its variables and files', async () => {
  const work = await go(
    'set -e; env | grep ^LOOPWRIGHT_ | sed s:$HOME:R: | sort > $LOOPWRIGHT_OUTPUT_O; cat $LOOPWRIGHT_STAGE_FILE >> $LOOPWRIGHT_OUTPUT_O; echo \'{"auc":0.5}\' > $LOOPWRIGHT_METRICS_FILE',
  );
  await work.go();
  const { outputs, metrics } = (await work.record())!.outcome!;
  const [lines, told] = (await textOf(outputs.o!)).split(/\n(?=\{)/);
  expect(metrics).toEqual({ auc: 0.5 });
  expect(lines!.split('\n')).toEqual([
    'LOOPWRIGHT_ATTEMPT=1',
    'LOOPWRIGHT_DATE=2026-11-24',
    'LOOPWRIGHT_HYPERPARAMETER_L=[1,"x"]',
    'LOOPWRIGHT_INPUT_IN_PUT=v',
    'LOOPWRIGHT_METRICS_FILE=R/loopwright/metrics.json',
    'LOOPWRIGHT_OUTPUT_O=R/models/m',
    'LOOPWRIGHT_PARAM_P=true',
    'LOOPWRIGHT_PIPELINE=p',
    `LOOPWRIGHT_RUN=${work.id}`,
    'LOOPWRIGHT_STAGE=a',
    'LOOPWRIGHT_STAGE_FILE=R/loopwright/stage.json',
  ]);
  expect(JSON.parse(told!)).toMatchObject({
    stage: 'a',
    inputs: { 'in-put': { value: 'v' } },
    hyperparameters: { l: [1, 'x'] },
  });
});

test('that fails is told with the end of its log, without its secrets; the log is kept', async () => {
  const work = await go('echo begin; echo "key: $KEY" >&2; exit 3');
  const failure = work.go();
  await expect(failure).rejects.toMatchObject({ type: 'loopwright.StageFailed', nonRetryable: false });
  await expect(failure).rejects.toThrow(
    /^a: attempt 1 failed: it ended with exit code 3\nThe end of its log:\n[^]*key: \*\*\*/,
  );
  const record = (await work.record())!;
  expect(record).toMatchObject({ state: 'failed', outcome: null });
  expect(await textOf(record.log!)).toMatch(/begin/);
  expect(await textOf(record.log!)).not.toContain('the-secret');
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['true', 'output o: nothing lies at /models/m'],
  ['ln -s /etc/hostname $LOOPWRIGHT_OUTPUT_O', 'output o at /models/m is reached by a link'],
  [
    'rmdir ../../models; mkdir ../x; echo 1 > ../x/m; ln -s $PWD/../x ../../models',
    'output o at /models/m is reached by a link',
  ],
  ['ln -s /etc/hostname $LOOPWRIGHT_METRICS_FILE', 'metrics.json is reached by a link'],
  ['mkdir $LOOPWRIGHT_METRICS_FILE', 'metrics.json is no file'],
  ['echo "[1]" > $LOOPWRIGHT_METRICS_FILE', 'metrics.json is [1]: expected an object of numbers by name'],
  ['echo "{" > $LOOPWRIGHT_METRICS_FILE', 'metrics.json is no JSON'],
  ['echo "{\\"m\\":1e999}" > $LOOPWRIGHT_METRICS_FILE', 'm of metrics.json is Infinity: expected a finite number'],
  ['echo "{\\"m\\":\\"1\\"}" > $LOOPWRIGHT_METRICS_FILE', 'm of metrics.json is "1"'],
  ['echo "{\\"a.b\\":1}" > $LOOPWRIGHT_METRICS_FILE', 'metrics.json has the metric "a.b": expected names of letters'],
  ['head -c 70000 /dev/zero > $LOOPWRIGHT_METRICS_FILE', 'metrics.json has 70000 bytes: expected at most 65536'],
  [
    '(echo "{"; seq -f "\\"m%g\\":1," 300; echo "\\"x\\":1}") > $LOOPWRIGHT_METRICS_FILE',
    'metrics.json has 301 metrics: expected at most 200',
  ],
])('that leaves what it may not: %s', async (script, message) => {
  const work = await go(script);
  const failure = work.go();
  await expect(failure).rejects.toMatchObject({ type: 'loopwright.StageFailed', nonRetryable: false });
  await expect(failure).rejects.toThrow(message);
});

test.each([
  ['echo "[1, 2, 3, 4, 5, 6, x$KEY]" > $LOOPWRIGHT_METRICS_FILE', 'metrics.json is no JSON'],
  ['printf "{\\"m\\":\\"%073d$KEY\\"}" 0 > $LOOPWRIGHT_METRICS_FILE', 'm of metrics.json is "0000'],
])('that leaves a secret as its metrics tells no part of it: %s', async (script, message) => {
  const thrown = (await (await go(script)).go().catch((error: unknown) => error)) as Error;
  expect(thrown.message).toContain(message);
  expect(thrown.message).not.toContain('the');
});

test('that makes its folder unreadable leaves nothing behind either', async () => {
  const work = await go('mkdir -p d/e; chmod 0 d/e d; echo 1 > $LOOPWRIGHT_OUTPUT_O');
  await work.go();
  expect(readdirSync(folder)).toEqual([]);
});
