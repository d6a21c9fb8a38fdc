import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createDockerExecutor } from '../../../src/adapters/executor/docker';
import { DockerMissingError } from '../../../src/adapters/executor/docker-client';
import { contextOf, jobOf, newFolder, removeFolders } from './job';

const DIGEST = `@sha256:${'a'.repeat(64)}`;

/** An engine that has no image until it has pulled, and refuses every container. */
let server: Server;
let asked: string[] = [];
let hasImage = false;
const socketPath = join(newFolder(), 'docker.sock');

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const path = request.url!.split('?')[0]!;
    if (path === '/images/create') {
      hasImage = true;
      response.end('{"status":"Pulling"}\n{"status":"Done"}\n');
    } else if (path.startsWith('/images/')) {
      response.statusCode = hasImage ? 200 : 404;
      response.end(hasImage ? '{"Id":"sha256:b"}' : '{"message":"no such image"}');
    } else if (path === '/containers/json') {
      response.end('[]');
    } else {
      response.statusCode = 400;
      response.end('{"message":"bad variable KEY=hunter2"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
beforeEach(() => {
  asked = [];
  hasImage = false;
});
afterAll(() => {
  server.close();
  removeFolders();
});

test('without the package the error names it, at the first job and not before', async () => {
  const executor = createDockerExecutor({}, () => {
    throw new DockerMissingError();
  });
  await expect(executor.version('a')).rejects.toThrow(
    'running stages in containers needs dockerode: npm install dockerode',
  );
  await expect(executor.run(jobOf(), contextOf().context)).rejects.toThrow(DockerMissingError);
});

test('where no engine answers, the error says at which socket', async () => {
  const executor = createDockerExecutor({ socketPath: '/nowhere/docker.sock' });
  const expected = 'no Docker or Podman answers at /nowhere/docker.sock (ENOENT): start it, or set docker.socketPath';
  await expect(executor.version('a')).rejects.toThrow(expected);
  await expect(executor.run(jobOf(), contextOf().context)).rejects.toMatchObject({ message: expected, lasting: false });
});

test.each([
  ['team/trainer', 'fromImage=team%2Ftrainer&tag=latest'],
  ['localhost:5000/trainer', 'fromImage=localhost%3A5000%2Ftrainer&tag=latest'],
  ['team/trainer:v1', 'fromImage=team%2Ftrainer&tag=v1'],
  [`team/trainer${DIGEST}`, `tag=sha256%3A${'a'.repeat(64)}`],
])('%s is pulled by that alone, if it may be', async (image, query) => {
  expect(await createDockerExecutor({ socketPath, pull: true }).version(image)).toBe('docker/sha256:b');
  expect(asked.filter((one) => one.startsWith('POST /images/create'))).toEqual([expect.stringContaining(query)]);
});

test('nothing is pulled unless it may be, nor what is there', async () => {
  await expect(createDockerExecutor({ socketPath }).version('a')).rejects.toThrow(
    'or let the worker pull (docker.pull)',
  );
  hasImage = true;
  expect(await createDockerExecutor({ socketPath, pull: true }).version('a')).toBe('docker/sha256:b');
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([]);
});

test('where a digest is required, an image without one is refused and the engine not asked', async () => {
  const executor = createDockerExecutor({ socketPath, requireDigest: true });
  const expected = { message: expect.stringContaining('this worker expects a:v1@sha256:'), lasting: true };
  await expect(executor.version('a:v1')).rejects.toMatchObject(expected);
  await expect(executor.run(jobOf({ image: 'a:v1' }), contextOf().context)).rejects.toMatchObject(expected);
  expect(asked).toEqual([]);
  hasImage = true;
  expect(await executor.version(`a:v1${DIGEST}`)).toBe('docker/sha256:b');
});

test('what the engine says is told without secrets', async () => {
  hasImage = true;
  const failing = createDockerExecutor({ socketPath }).run(jobOf({ secrets: { KEY: 'hunter2' } }), contextOf().context);
  const failure: unknown = await failing.catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'ExecutorError', message: expect.stringContaining('bad variable KEY=***') });
  expect(JSON.stringify([(failure as Error).stack, failure])).not.toContain('hunter2');
});
