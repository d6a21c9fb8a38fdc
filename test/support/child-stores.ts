import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const root = join(__dirname, '../..');

/** The stores as plain JavaScript for a process of their own, without waiting for the whole build. */
export function compileStores(): string {
  // Below node_modules, so that the driver is found.
  const folder = join(root, 'node_modules/.cache/loopwright-child', String(process.pid));
  for (const room of ['contracts', 'domain', 'stores']) {
    for (const entry of readdirSync(join(root, 'src', room), { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.ts')) continue;
      const { code } = transformFileSync(join(root, 'src', room, entry), {
        module: { type: 'commonjs' },
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      });
      const path = join(folder, room, entry.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    }
  }
  return folder;
}

/**
 * Runs code with `stores` of a database in a process of its own, which kills itself at a failpoint's n-th visit.
 * @returns the signal that ended it, or null
 */
export async function killedAt(
  compiled: string,
  { database, code, point, visit = 1 }: { database: string; code: string; point: string; visit?: number },
): Promise<string | null> {
  const script = join(compiled, `child-${point}-${visit}-${Math.floor(performance.now())}.js`);
  writeFileSync(
    script,
    `const { MongoClient } = require('mongodb'); const { MONGO_OPTIONS, openStores } = require('./stores');
     let visits = 0;
     const failpoint = (name) => { if (name === ${JSON.stringify(point)} && (visits += 1) === ${visit}) process.kill(process.pid, 'SIGKILL'); };
     MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB, MONGO_OPTIONS).then(async (mongo) => {
       const stores = openStores(mongo, mongo.db(${JSON.stringify(database)}, MONGO_OPTIONS), failpoint);
       ${code}
       await mongo.close();
     });`,
  );
  return new Promise((resolve) => fork(script, { execArgv: [] }).once('exit', (_, signal) => resolve(signal)));
}
