import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Left } from '../../../src/adapters/executor';
import { createDockerExecutor } from '../../../src/adapters/executor/docker';
import { createProcessExecutor } from '../../../src/adapters/executor/process';
import { contextOf, jobOf, newFolder, removeFolders } from './job';

const mockTold: Left[] = [];
const mockKept = new Set<Left>();
jest.mock('../../../src/adapters/executor/children', () => ({
  watch: (left: Left) => {
    mockTold.push(left);
    mockKept.add(left);
    return () => mockKept.delete(left);
  },
}));

let server: Server;
let removal = 204;
const socketPath = join(newFolder(), 'docker.sock');

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'DELETE') response.statusCode = removal;
    else if (request.url!.includes('/attach')) response.statusCode = 500;
    else if (request.url!.includes('/create')) response.statusCode = 201;
    response.end(request.url!.includes('/containers/json') ? '[]' : '{"Id":"a"}');
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
beforeEach(() => {
  mockTold.length = 0;
  mockKept.clear();
});
afterAll(() => {
  server.close();
  removeFolders();
});

test('a process that has ended is forgotten, for its number may be given to another', async () => {
  const command = ['/bin/sh', '-c', 'echo $$'];
  const job = jobOf();
  await createProcessExecutor({ kind: 'process', command }).run(job, contextOf().context);
  expect(mockTold).toEqual([{ group: Number(job.text()) }]);
  expect(mockKept.size).toBe(0);
});

test('a container is known before it is made and forgotten once it is removed', async () => {
  const job = jobOf();
  removal = 204;
  await expect(createDockerExecutor({ socketPath }).run(job, contextOf().context)).rejects.toThrow('500');
  expect(mockTold).toEqual([{ container: { socketPath, name: job.id } }]);
  expect(mockKept.size).toBe(0);
});

test('a container that could not be removed is not forgotten', async () => {
  removal = 503;
  await expect(createDockerExecutor({ socketPath }).run(jobOf(), contextOf().context)).rejects.toThrow('503');
  expect(mockKept.size).toBe(1);
});
