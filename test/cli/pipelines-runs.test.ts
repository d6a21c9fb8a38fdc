import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { puppet, written } from '../support/pipeline-written';
import { Puppet, PUPPET } from '../support/puppet';

jest.setTimeout(240_000);

const ann = ['--who', 'ann', '--reason', 'because'];
const doll = new Puppet();
let folder: string;
let loop: TestLoop;
let operator: Operator;
let queue: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-runs-'));
  loop = await startTestLoop({ pipelines: doll.settings });
  operator = operatorOf(loop);
  queue = ['--task-queue', loop.taskQueue];
});
afterAll(async () => {
  await loop.close();
  await rm(folder, { recursive: true });
});

/** A file of two stages, of which the second does as it is told; JSON is YAML, too. */
async function fileOf(words: string, rest: Parameters<typeof puppet>[2] = {}, name?: string) {
  const stages = [
    puppet('extract', '', { outputs: [{ name: 'rows', path: 'rows' }] }),
    puppet('train', words, { inputs: [{ name: 'rows', from: 'extract.rows' }], ...rest }),
    puppet('tell', '', { dependsOn: ['train'], condition: '{{ .Params.deploy }}' }),
  ];
  const spec = written(stages, { parameters: { deploy: false, days: 28 } });
  const declared = name === undefined ? spec : { ...spec, metadata: { name } };
  const file = join(folder, `${declared.metadata.name}-${Math.abs(words.length)}.yaml`);
  await writeFile(file, JSON.stringify(declared, null, 2));
  return { file, name: declared.metadata.name };
}

test('a pipeline is applied, told apart, listed, planned and run', async () => {
  const { file, name } = await fileOf('metric:auc=0.9', { validationRules: [{ metric: 'auc', threshold: 0.8 }] });
  const applied = await operator.run('pipeline', 'apply', file, '--who', 'ann', ...queue);
  expect(applied.stdout).toMatch(new RegExp(`^applied +${name}, version 1\ndigest +[0-9a-f]{64}\nschedule +none\n$`));
  expect((await operator.run('pipeline', 'apply', file, ...queue)).stdout).toContain('version 1: the same as before');
  expect((await operator.run('pipeline', 'diff', file)).stdout).toBe('nothing differs\n');
  const other = await fileOf('metric:auc=0.95', { cache: { maxAge: '1d' } }, name);
  expect((await operator.run('pipeline', 'diff', other.file)).stdout).toBe(
    '~ spec.stages.train.args: ["metric:auc=0.9"] -> ["metric:auc=0.95"]\n' +
      '~ spec.stages.train.cache: none -> {"maxAge":"1d"}\n' +
      '~ spec.stages.train.validationRules: [{"metric":"auc","threshold":0.8}] -> []\n',
  );
  expect((await operator.run('pipeline', 'list')).stdout).toMatch(
    new RegExp(`^${name} +1 +3 +– +\\d{4}-.* ann\n`, 'm'),
  );
  const plan = await operator.run('pipeline', 'plan', name, ...queue);
  expect(plan.stdout).toMatch(/^level +stage +runs +by +cached +resources\n/m);
  expect(plan.stdout).toMatch(/^0 +extract +yes +function +– +cpu 1.*\n +image test\/puppet:v1\n1 /m);

  const run = ['pipeline', 'run', name, '--wait', '--run', 'x', '--who', 'ann', '--param', 'days=7', ...queue];
  const { stdout, code } = await operator.run(...run);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^started +pipeline:${name}:x\n`));
  expect(stdout).toMatch(/^ended +succeeded\nstages +2 succeeded, 0 failed, 1 skipped\n$/m);
  const shown = (await operator.run('pipeline', 'show', `${name}:x`)).stdout;
  expect(shown).toMatch(
    new RegExp(`^run +pipeline:${name}:x\npipeline +${name} [0-9a-f]{64}\nphase +closed: succeeded\n`),
  );
  expect(shown).toMatch(/^parameters +days=7, deploy=false\n/m);
  expect(shown).toMatch(
    /^extract +succeeded +run +1 of 1 +[\d.]+s\n +image test\/puppet:v1 by function\n +output rows -> artifact:file\/[0-9a-f]{64}, 9 bytes\n/m,
  );
  expect(shown).toMatch(
    /^ +input rows = artifact:file\/[0-9a-f]{64}\n +metric auc = 0.9, expected at least 0.8: good\n/m,
  );
  expect(shown).toMatch(/^tell +skipped +– +– +–\n +image test\/puppet:v1\n +skipped: the condition is false\n/m);
  expect((await operator.json('pipeline', 'show', `pipeline:${name}:x`)).run).toMatchObject({ who: 'ann' });
  const history = (await operator.run('pipeline', 'history', name)).stdout;
  expect(history).toMatch(/^1 +\d{4}-\d{2}-\d{2}.* +ann +[0-9a-f]{64}\n/m);
  expect(history).toMatch(new RegExp(`^pipeline:${name}:x +\\d{4}-\\d{2}-\\d{2} +1 +succeeded +.* ann\n`, 'm'));
});

test('a run that fails ends the command with 1 and its reason, keeps its log, and is retried', async () => {
  const { file, name } = await fileOf('fail');
  const refusal = await operator.run('pipeline', 'run', file, '--wait', '--run', 'x', '--json', ...queue);
  expect([refusal.code, refusal.stdout]).toEqual([1, '']);
  expect(refusal.stderr).toMatch(
    new RegExp(`^loopwright: pipeline:${name}:x: pipeline ${name} failed: train: .*train cannot`),
  );
  expect(refusal.stderr).not.toContain('    at ');
  expect((await operator.run('pipeline', 'log', `${name}:x`, 'train')).stdout).toContain('attempt 1 of train\n');
  expect((await operator.json('pipeline', 'log', `${name}:x`, 'train')).log).toContain('attempt 1 of train');
  const retried = await operator.json('pipeline', 'retry', `${name}:x`, '--who', 'ann', ...queue);
  expect(retried.workflowId).toBe(`pipeline:${name}:x.r1`);
  await expect(loop.client.pipelines.result(retried.workflowId)).rejects.toThrow('train cannot');
  const shown = (await operator.run('pipeline', 'show', `${name}:x.r1`)).stdout;
  expect(shown).toMatch(new RegExp(`^retries +pipeline:${name}:x\nstarted by +ann\n`, 'm'));
  expect(shown).toMatch(new RegExp(`^extract +succeeded +retry .*\n(?: .*\n)* +taken from pipeline:${name}:x\n`, 'm'));
  expect(shown).toMatch(/^train +failed .*\n(?: .*\n)* +reason: .*train cannot/m);
  expect((await operator.run('pipeline', 'history', name)).stdout).toMatch(/^ {4}train: .*train cannot/m);
});

test('a stage that waits is approved or rejected, a run is cancelled', async () => {
  const { file, name } = await fileOf('hold', { approval: { message: 'look at it' } });
  for (const run of ['a', 'b']) await operator.json('pipeline', 'run', file, '--run', run, ...queue);
  for (const run of ['a', 'b'])
    await eventually(async () => {
      const { stdout } = await operator.run('pipeline', 'show', `${name}:${run}`);
      return stdout.includes('look at it');
    });
  const { stdout } = await operator.run('pipeline', 'show', `${name}:a`);
  expect(stdout).toContain(
    `approval of train: look at it (loopwright pipeline approve pipeline:${name}:a train --who NAME --reason TEXT)`,
  );
  expect(await operator.refusal('pipeline', 'approve', `${name}:a`, 'extract', ...ann)).toContain('one of train');
  const approved = await operator.run('pipeline', 'approve', `${name}:a`, 'train', ...ann);
  expect(approved.stdout).toMatch(/^phase +running\n/m);
  await operator.run('pipeline', 'reject', `${name}:b`, 'train', ...ann);
  await expect(loop.client.pipelines.result(`pipeline:${name}:b`)).rejects.toThrow('ann: because');
  await eventually(() => doll.of(name).includes('train'));
  const cancelled = await operator.run('pipeline', 'cancel', `${name}:a`, ...ann);
  expect(cancelled.stdout).toMatch(/^phase +closed: cancelled\nended +cancelled by ann: because\n/m);
  for (const [verb, run, ended] of [
    ['cancel', 'a', 'cancelled'],
    ['resolve', 'b', 'failed'],
  ] as const) {
    const more = verb === 'resolve' ? ['--action', 'retry'] : [];
    const told = await operator.refusal('pipeline', verb, `${name}:${run}`, ...more, ...ann);
    expect(told).toContain(`nothing is decided of pipeline:${name}:${run}: it has ended, ${ended}`);
  }
});

test.each([
  [['run', 'nobody'], 'no pipeline "nobody" was applied'],
  [['run', 'none.yaml'], 'none.yaml cannot be read'],
  [['run', 'nobody', '--at', 'soon'], 'at is "soon": expected an ISO 8601'],
  [['run', 'nobody', '--run', 'a b'], 'run is "a b": expected letters'],
  [['plan', 'nobody'], 'no pipeline "nobody" was applied'],
  [['plan', 'nobody', '--offline'], '--offline reads a file, and nobody is a name: expected one such as ./nobody.yaml'],
  [['run', 'nobody', '--file', '/data'], 'expected name=value'],
  [['run', 'nobody', '--file', '/data=x'], 'no pipeline "nobody" was applied'],
  [['apply', 'none.yaml'], 'none.yaml cannot be read'],
  [['diff', 'none.yaml'], 'none.yaml cannot be read'],
  [['history', 'nobody'], 'no pipeline "nobody" was applied'],
  [['show', 'nobody'], 'expected pipeline:NAME:RUN or NAME:RUN'],
  [['show', 'nobody:x'], 'there is no run "pipeline:nobody:x"'],
  [['log', 'nobody:x', 'train'], 'there is no run "pipeline:nobody:x"'],
  [['log', 'nobody:x', 'train', '--unit', 'one'], 'expected a whole number'],
  [['retry', 'nobody:x'], 'there is no run "pipeline:nobody:x"'],
  [['approve', 'nobody:x', 'train', ...ann], 'there is no run "pipeline:nobody:x"'],
  [['approve', 'nobody:x', 'train'], "required option '--who <name>' not specified"],
  [['reject', 'nobody:x', ...ann], "missing required argument 'stage'"],
  [['cancel', 'nobody:x', ...ann], 'there is no run "pipeline:nobody:x"'],
  [['resolve', 'nobody:x', '--action', 'forget', ...ann], 'Allowed choices are retry, done-by-hand'],
  [['resolve', 'nobody:x', '--action', 'retry', ...ann], 'there is no run "pipeline:nobody:x"'],
])('%j is refused with what is accepted', async (args, words) => {
  const told = await operator.refusal('pipeline', ...args);
  expect(told).toContain(words);
  expect(told).not.toMatch(/^ +at /m);
});

test('a compensation that failed is told with the command that closes it, and is closed', async () => {
  const undo = { image: PUPPET, args: ['fail'], timeout: '30s' };
  const stages = [puppet('make', '', { compensate: undo }), puppet('break', 'fail', { dependsOn: ['make'] })];
  const spec = written(stages);
  const { name } = spec.metadata;
  await loop.client.pipelines.run(spec, { run: 'x' });
  await eventually(
    async () => (await loop.client.pipelines.status(`pipeline:${name}:x`)).failedCompensations.length > 0,
    60,
  );
  const { stdout } = await operator.run('pipeline', 'show', `${name}:x`);
  expect(stdout).toMatch(/^phase +compensation-failed\n/m);
  expect(stdout).toContain(`loopwright pipeline resolve pipeline:${name}:x --action retry --who NAME --reason TEXT`);
  expect(
    await operator.refusal('pipeline', 'resolve', `${name}:x`, '--action', 'retry', '--who', '', '--reason', 'r'),
  ).toContain('who');
  await operator.json('pipeline', 'resolve', `${name}:x`, '--action', 'done-by-hand', ...ann);
  await expect(loop.client.pipelines.result(`pipeline:${name}:x`)).rejects.toThrow('break cannot');
});

test('a file of this machine is what a stage finds at the path of its input', async () => {
  const rows = { name: 'rows', path: '/data/in/rows.csv' };
  const spec = written([puppet('train', '', { inputs: [rows], outputs: [{ name: 'model', path: 'model' }] })]);
  const { name } = spec.metadata;
  const [file, local] = [join(folder, `${name}.yaml`), join(folder, 'in')];
  await writeFile(file, JSON.stringify(spec));
  await mkdir(local);
  await writeFile(join(local, 'rows.csv'), '1,2');
  for (const [run, given] of [
    ['a', `/data/in/rows.csv=${join(local, 'rows.csv')}`],
    ['b', `/data/in=${local}`],
  ] as const) {
    const { code } = await operator.run('pipeline', 'run', file, '--run', run, '--file', given, '--wait', ...queue);
    expect(code).toBe(0);
    const { run: record, stages } = (await loop.client.pipelines.record(`pipeline:${name}:${run}`))!;
    expect(Object.keys(record.files)).toEqual([given.split('=')[0]]);
    const { sha256 } = stages[0]!.outcome!.outputs.model!;
    expect(Buffer.from(await loop.stores.artifacts.get(sha256)).toString()).toBe('train(rows=1,2)');
  }
  const refused = (...given: string[]) =>
    operator.refusal('pipeline', 'run', file, ...given.flatMap((one) => ['--file', one]), ...queue);
  expect(await refused('/data/in/row.csv=x')).toContain('did you mean "/data/in/rows.csv"?');
  expect(await refused('/data/in/rows.csv/more=x')).toContain("is the path of no stage's input");
  expect(await refused('/data/in/rows.csv=none')).toContain('--file /data/in/rows.csv: none cannot be stored');
});

test('a stage that wrote nothing has an empty log; one that was taken from elsewhere says so', async () => {
  const { file, name } = await fileOf('fail');
  for (const run of ['x', 'x.r1']) {
    const begin = run === 'x' ? ['run', file, '--run', 'x'] : ['retry', `${name}:x`];
    expect((await operator.run('pipeline', ...begin, '--wait', ...queue)).code).toBe(1);
  }
  expect(await operator.run('pipeline', 'log', `${name}:x`, 'extract')).toMatchObject({ code: 0, stdout: '' });
  const told = await operator.refusal('pipeline', 'log', `${name}:x.r1`, 'extract');
  expect(told).toContain(`extract ran nothing here: its result was taken from pipeline:${name}:x`);
  expect(await operator.refusal('pipeline', 'log', `${name}:x`, 'train', '--unit', '3')).toContain(
    'train has run no unit 3: expected a unit, 0',
  );
});
