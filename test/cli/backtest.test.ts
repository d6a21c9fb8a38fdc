import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BacktestResult } from '../../src/contracts';
import { backtestResultSchema, parseWith } from '../../src/schemas';
import { policyInput } from '../support/backtest';
import { build, loopwright } from '../support/cli';
import { ndjson, sampleRows } from '../support/streams';

const DATA = join(__dirname, '../../data');
const SAMPLE = join(DATA, 'bike-hourly.ndjson.gz');
const policyOf = (name: string) => join(DATA, `bike-hourly.${name}.policy.json`);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-backtest-'));
  await build();
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('three policies on the sample stream: table, result and report, the same bytes twice', async () => {
  const run = async (name: string) => {
    const [json, page] = [join(folder, `${name}.json`), join(folder, `${name}.html`)];
    const policies = ['--policy', policyOf('experiment'), policyOf('shadow'), '--policy', policyOf('validation')];
    const ended = await loopwright('backtest', '--stream', SAMPLE, ...policies, '--json', json, '--report', page);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return { stdout: ended.stdout, json: await readFile(json, 'utf8'), page: await readFile(page, 'utf8') };
  };
  const [first, second] = [await run('first'), await run('second')];
  expect(second.json).toBe(first.json);
  expect(second.page).toBe(first.page);
  const result = JSON.parse(first.json) as BacktestResult;
  expect(parseWith(backtestResultSchema, result, 'result')).toEqual(result);
  expect(result.policies.map(({ served }) => served.accuracy)).toEqual([0.847092, 0.855449, 0.860481]);
  expect(result.policies.map(({ falseAlarms, missed }) => [falseAlarms, missed])).toEqual([
    [0, 0],
    [0, 0],
    [1, 0],
  ]);
  expect(first.stdout).toMatch(/validation-alone +2011-12-05 +4 +1 +0 +4 +3 +0 +11726 +0\.8605 +0\.3339 +0\.7879/);
  expect(first.page).toContain('Backtest of 3 policies');
});

describe('what is refused, in one line with exit code 1', () => {
  const refused = async (args: readonly string[], words: string) => {
    const { code, stderr } = await loopwright('backtest', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  };

  test('a policy that is not there, or no JSON', async () => {
    await refused(['--stream', SAMPLE, '--policy', join(folder, 'none.json')], 'none.json cannot be read: ENOENT');
    await refused(['--stream', SAMPLE, '--policy', await write('torn.json', '{')], 'torn.json is no JSON');
  });

  test('a policy with an unknown field or without a gate', async () => {
    const extra = await write('extra.json', JSON.stringify(policyInput({ extra: 1 })));
    await refused(['--stream', SAMPLE, '--policy', extra], 'extra.json: extra is not a known field');
    const without = await write('without.json', JSON.stringify(policyInput({ gate: undefined })));
    await refused(['--stream', SAMPLE, '--policy', without], 'without.json: gate is missing: expected {');
  });

  test('two policies of one name', async () => {
    const [a, b] = [policyOf('shadow'), await write('b.json', JSON.stringify(policyInput({ name: 'shadow-7-days' })))];
    await refused(
      ['--stream', SAMPLE, '--policy', a, b],
      'b.json: name is "shadow-7-days": expected a name of its own',
    );
  });

  test('a stream that is not there, or has no rows', async () => {
    await refused(
      ['--stream', join(folder, 'none.ndjson'), '--policy', policyOf('shadow')],
      'none.ndjson cannot be read',
    );
    const bad = await write('bad.ndjson', '{"predictionId": 7}\n');
    await refused(['--stream', bad, '--policy', policyOf('shadow')], 'bad.ndjson has no rows: the first of 1: line 1');
  });

  test('a stream without the rows that a policy trains on', async () => {
    const late = sampleRows().filter(({ ts }) => ts >= '2011-08-01' && ts < '2011-08-08');
    const stream = await write('late.ndjson', ndjson(late));
    await refused(['--stream', stream, '--policy', policyOf('shadow')], 'policy shadow-7-days: train is 2011-05-02');
  });
});

test('without a stream or a policy the command says what it needs', async () => {
  const { code, stderr } = await loopwright('backtest', '--stream', SAMPLE);
  expect(code).toBe(1);
  expect(stderr).toContain("required option '--policy <file...>' not specified");
});
