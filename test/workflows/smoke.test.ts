import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

test('deploys a version and reads it back', async () => {
  const target = { model: loop.model };
  await loop.client.models.register({ model: loop.model, key: 'k', artifact: Buffer.from('x') });
  const entry = await loop.client.deployments.deploy(target, 1, { who: 'ops', reason: 'first' });
  expect(entry.token).toBe(1);
  expect((await loop.client.deployments.current(target))?.champion).toBe(1);
});
