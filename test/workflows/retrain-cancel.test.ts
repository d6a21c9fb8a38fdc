import type { RetrainingResult } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { prepareRetraining } from '../support/retraining-fixture';

jest.setTimeout(60_000);

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const person = { who: 'ops', reason: 'because' };

// Some of these fall between the decision to start the experiment and the server's word that it has.
test.each([0, 8, 16, 24, 32, 40, 48, 80, 120])(
  'cancelled %d ms after its approval it ends, and so does its experiment',
  async (delayMs) => {
    const model = `${loop.model}-${delayMs}`;
    const spec = await prepareRetraining(loop, model, 'turned');
    await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, approval: true } });
    await eventually(async () => (await loop.client.retraining.status({ model })).phase === 'approval');
    await loop.client.retraining.approve({ model }, { ...person, challenger: 2 });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await loop.client.retraining.cancel({ model }, person);
    const ended = (await loop.client.retraining.handle({ model }).result()) as RetrainingResult;
    expect(ended.decision).toBe('cancelled');
    const experiment = await loop.temporal.workflow
      .getHandle(`experiment:${model}.production.1`)
      .describe()
      .then(
        ({ status }) => status.name,
        () => 'never started',
      );
    expect(['CANCELLED', 'never started']).toContain(experiment);
    expect(await loop.client.deployments.current({ model })).toMatchObject({ champion: 1, split: null });
    expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
  },
);
