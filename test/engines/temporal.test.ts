import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { startTemporal } from '../../src/engines';
import type { TemporalEngine } from '../../src/engines';
import { isListening } from '../../src/engines/ports';
import { eventually, newFolder, ownWatchdogs, plant, processesWith, removeFolders, withoutServers } from './temporary';

const environment = withoutServers();

afterEach(removeFolders);

async function withClient<T>(engine: TemporalEngine, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: engine.address });
  try {
    return await use(new Client({ connection, namespace: engine.namespace }));
  } finally {
    await connection.close();
  }
}

describe('startTemporal', () => {
  it('gives a server with a UI and search attributes, and ends it', async () => {
    const lines: string[] = [];
    const engine = await startTemporal({
      environment,
      searchAttributes: [{ name: 'LoopwrightModel', type: 'Keyword' }],
      log: (line) => lines.push(line),
    });
    const port = engine.address.split(':')[1]!;
    try {
      expect(engine).toMatchObject({ namespace: 'default', provided: false });
      expect(lines.at(-1)).toBe(`temporal: ready at ${engine.address}, UI at ${engine.uiAddress}`);
      expect(processesWith(`--port ${port}`)).toHaveLength(1);
      const page = await fetch(engine.uiAddress!);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<html');
      const model = defineSearchAttributeKey('LoopwrightModel', 'KEYWORD');
      await withClient(engine, (client) =>
        client.workflow.start('anything', {
          workflowId: 'w',
          taskQueue: 'q',
          typedSearchAttributes: new TypedSearchAttributes([{ key: model, value: 'm' }]),
        }),
      );
    } finally {
      await engine.stop();
    }
    expect(processesWith(`--port ${port}`)).toEqual([]);
    expect(await isListening(Number(port))).toBe(false);
    await engine.stop();
  });

  it('keeps histories in a named folder, and adds search attributes to them later', async () => {
    const dataDirectory = join(newFolder(), 'made', 'for me');
    const first = await startTemporal({ environment, ui: false, dataDirectory });
    expect(first.uiAddress).toBeUndefined();
    await withClient(first, (client) => client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'q' }));
    await first.stop();

    const stage = defineSearchAttributeKey('LoopwrightState', 'KEYWORD');
    const second = await startTemporal({
      environment,
      ui: false,
      dataDirectory,
      searchAttributes: [{ name: 'LoopwrightState', type: 'Keyword' }],
    });
    try {
      await withClient(second, async (client) => {
        const description = await client.workflow.getHandle('kept').describe();
        expect(description.status.name).toBe('RUNNING');
        await client.workflow.start('anything', {
          workflowId: 'later',
          taskQueue: 'q',
          typedSearchAttributes: new TypedSearchAttributes([{ key: stage, value: 's' }]),
        });
      });
    } finally {
      await second.stop();
    }
  });

  it('takes the server of the environment and leaves it alone', async () => {
    const engine = await startTemporal({
      environment: { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'mine', HOME: newFolder() },
    });
    expect(engine).toMatchObject({
      address: 'temporal.example:7233',
      namespace: 'mine',
      uiAddress: undefined,
      source: 'TEMPORAL_ADDRESS',
      provided: true,
    });
    await engine.stop();
  });

  it('takes the profile of a configuration file', async () => {
    const file = join(newFolder(), 'temporal.toml');
    writeFileSync(file, '[profile.staging]\naddress = "staging.example:7233"\nnamespace = "s"\n');
    const engine = await startTemporal({ environment: { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' } });
    expect(engine).toMatchObject({ address: 'staging.example:7233', namespace: 's', source: 'TEMPORAL_PROFILE' });
  });

  it('shows the end of the log of a server that dies', async () => {
    const watchdogs = ownWatchdogs();
    const folder = newFolder();
    const version = 'echo "temporal version 9.8.7 (Server 1.99.0, UI 2.0.0)"';
    plant(folder, 'temporal', `if [ "$1" = --version ]; then ${version}; else echo "disk is full" >&2; exit 3; fi`);
    const failure = startTemporal({ environment: { PATH: folder } });
    await expect(failure).rejects.toThrow(/temporal \(\S+\) ended with code 3; its log ends:\ndisk is full/);
    await eventually('no watchdog', () => ownWatchdogs() === watchdogs);
  });
});
