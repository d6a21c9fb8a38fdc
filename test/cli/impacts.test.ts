import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { impactSpec, order, shown, usersOf } from '../support/impact';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';

jest.setTimeout(240_000);

let loop: TestLoop;
let operator: Operator;
let model: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-impacts-'));
  loop = await startTestLoop();
  operator = operatorOf(loop);
  ({ model } = loop);
  const spec = impactSpec(model, { businessCase: [{ from: '2026-01', monthlyValue: 150 }] });
  const file = join(folder, 'spec.json');
  await writeFile(file, JSON.stringify(spec));
  const { code, stdout, stderr } = await operator.run(
    ...['impact', 'start', model, '--file', file, '--window', '2d', '--task-queue', loop.taskQueue],
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^attribution window +2d\n/m);
  expect(stdout).toContain('no month reported yet');
  for (const [group, base] of [
    ['treatment', 20],
    ['control', 10],
  ] as const) {
    const users = usersOf(spec, group, 15);
    await loop.client.impact.recommend(
      model,
      users.map((user) => shown(user, user, '2026-01-05T10:00')),
    );
    await loop.client.impact.convert(
      model,
      users.map((user, k) => order(user, user, '2026-01-05T12:00', base + (k % 5))),
    );
  }
  await loop.client.impact.advance(model, { source: 'test', at: '2026-02-03T00:00:00.000Z' });
});
afterAll(async () => {
  await loop.close();
  await rm(folder, { recursive: true });
});

test('trackers are listed', async () => {
  const { stdout } = await operator.run('impact', 'list');
  expect(stdout).toMatch(/^model +environment +start +control group +rotation +closed\n/);
  expect(stdout).toMatch(new RegExp(`^${model} +production +2026-01-01 +0\\.5 +first +–`, 'm'));
  expect(await operator.json('impact', 'list')).toMatchObject([{ spec: { model }, closed: null }]);
});

test('a tracker stands somewhere', async () => {
  const { stdout } = await operator.run('impact', 'status', model);
  expect(stdout).toMatch(/^settled through +2026-02-03\n/m);
  expect(stdout).toMatch(/^2026-01 +1 +2026-02-01 +15 +15 +150\n/m);
  expect(await operator.json('impact', 'status', model)).toMatchObject({ state: 'tracking', spec: { model } });
});

test('a month is reported in words, in JSON and as a page', async () => {
  const page = join(folder, 'report.html');
  const { stdout } = await operator.run('impact', 'report', model, '--month', '2026-01', '--out', page);
  expect(stdout).toMatch(/^additional EUR +150\n/m);
  expect(stdout).toMatch(/^users +15 in control, 15 in treatment\n/m);
  expect(stdout).toMatch(/^revenuePerUser +12 +22 +83\.3333 +0 +better\n/m);
  expect(stdout).toContain(`written to ${page}`);
  expect(await readFile(page, 'utf8')).toContain(`<h1>What ${model} earned in 2026-01</h1>`);
  expect(await operator.json('impact', 'report', model)).toMatchObject({
    month: '2026-01',
    revision: 1,
    value: { expected: 150, status: 'in-line' },
  });
});

test('what is not there is said, with what is', async () => {
  expect(await operator.refusal('impact', 'report', model, '--month', '2026-07')).toContain(
    `${model} has no report of 2026-07: expected one of 2026-01`,
  );
  expect(await operator.refusal('impact', 'report', 'unknown')).toContain('there is none yet');
  expect(await operator.refusal('impact', 'start', 'another', '--task-queue', loop.taskQueue)).toContain(
    'attributionWindow is missing',
  );
  const size = ['--window', '1d', '--currency', 'EUR', '--control-group-size', 'half'];
  expect(await operator.refusal('impact', 'start', 'another', ...size)).toContain('controlGroupSize is NaN');
});

describe('wrong arguments', () => {
  test.each([
    ['a command that is none', ['impact', 'stop', 'shop'], "unknown command 'stop'"],
    ['no model', ['impact', 'status'], "missing required argument 'model'"],
    ['a model too many', ['impact', 'status', 'a', 'b'], 'too many arguments'],
    ['an option that is none', ['impact', 'report', 'shop', '--year', '2026'], "unknown option '--year'"],
  ])('%s', async (_, args, said) => {
    const { code, stderr } = await operator.run(...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(said);
  });

  test.each([
    ['window', ['--window', 'soon', '--currency', 'EUR'], 'attributionWindow is "soon"'],
    ['start', ['--window', '1d', '--currency', 'EUR', '--start', 'May'], 'start is "May"'],
    ['currency', ['--window', '1d', '--currency', '1'], 'currency is "1"'],
    ['size', ['--window', '1d', '--currency', 'EUR', '--control-group-size', '1.5'], 'controlGroupSize is 1.5'],
  ])('a %s that does not hold is refused with its value', async (_, args, said) => {
    const queue = ['--task-queue', loop.taskQueue];
    expect(await operator.refusal('impact', 'start', 'another', ...queue, ...args)).toContain(said);
    expect(await operator.json('impact', 'list')).toHaveLength(1);
  });

  test('a file that is not there, or holds no spec', async () => {
    const start = ['impact', 'start', 'another', '--task-queue', loop.taskQueue, '--file'];
    expect(await operator.refusal(...start, join(folder, 'none.json'))).toContain('none.json');
    const file = join(folder, 'odd.json');
    await writeFile(file, '{"colour":"red"}');
    expect(await operator.refusal(...start, file)).toContain('colour');
    await writeFile(file, 'no json');
    expect(await operator.refusal(...start, file)).toContain('JSON');
  });

  test('a tracker that is not there', async () => {
    expect(await operator.refusal('impact', 'status', 'unknown')).toContain('unknown');
    expect(await operator.refusal('impact', 'status', 'a b')).toContain('model is "a b"');
  });
});
