import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { WORKFLOW_NAMES } from '../../src/contracts';

const HISTORIES = join(__dirname, 'histories');
const cases = readdirSync(HISTORIES).flatMap((version) =>
  readdirSync(join(HISTORIES, version)).map((file) => [version, file.replace('.json', '')] as const),
);

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

function load(version: string, name: string): { events: { eventType: string }[] } {
  return JSON.parse(readFileSync(join(HISTORIES, version, `${name}.json`), 'utf8')) as {
    events: { eventType: string }[];
  };
}

function replay(history: unknown, id: string): Promise<void> {
  const workflowBundle = { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! };
  return Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), id);
}

test('every workflow has a recorded history', () => {
  for (const name of WORKFLOW_NAMES) {
    expect(cases.map(([, file]) => file)).toContain(`${name.replace('loopwright.', '')}-1`);
  }
});

test.each(cases)('%s %s replays', async (version, name) => {
  await replay(load(version, name), name);
});

test('a history that the code would not write is found out', async () => {
  const [version, name] = cases.find(([, file]) => file.startsWith('monitorModel'))!;
  const text = readFileSync(join(HISTORIES, version, `${name}.json`), 'utf8');
  const other = JSON.parse(text.replaceAll('loopwright.evaluateWindow', 'loopwright.somethingElse')) as unknown;
  await expect(replay(other, name)).rejects.toThrow(/[Nn]ondeterminism|determinism/);
});
