import { OpenFeature, ProviderEvents, ServerProviderStatus } from '@openfeature/server-sdk';
import type { Client, EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import type { AssignableExperiment, ExperimentDesign, MetricEvent } from '../../src/contracts';
import { assign } from '../../src/domain/assignment';
import { createOpenFeatureProvider } from '../../src/services';
import type * as openFeature from '../../src/services/open-feature';
import { running } from '../support/designs';
import { Parts } from './parts';

const units = Array.from({ length: 200 }, (_, index) => `u${index}`);
const unitIn = (variant: string) => units.find((unit) => assign(running(), unit, {}).variant === variant)!;
const [inA, inB] = [unitIn('A'), unitIn('B')];
const versions: Partial<ExperimentDesign> = {
  variants: [
    { name: 'A', weight: 0.5, version: 7 },
    { name: 'B', weight: 0.5, version: 8 },
  ],
};

let counter = 0;
let parts: Parts;
const events: MetricEvent[] = [];
const errors: unknown[] = [];
beforeEach(() => {
  events.length = 0;
  errors.length = 0;
});
afterEach(async () => {
  await OpenFeature.close();
  await parts.close();
});

/** A client of OpenFeature over an assigner of its own. */
async function connect(...experiments: AssignableExperiment[]) {
  parts = new Parts(...experiments);
  const assigner = await parts.assigner();
  const provider = await createOpenFeatureProvider(assigner, {
    onError: (error) => errors.push(error),
    tracking: {
      track: async (batch) => {
        events.push(...batch);
        return { accepted: batch.length, duplicates: 0, rejected: events[0]!.value === -1 ? { 'bad-value': 1 } : {} };
      },
    },
  });
  const domain = `test-${(counter += 1)}`;
  await OpenFeature.setProviderAndWait(domain, provider);
  return { assigner, provider, client: OpenFeature.getClient(domain) };
}

/** Every type of evaluation, with its default. */
const evaluations: [string, JsonValue, (client: Client, key: string, context: EvaluationContext) => Promise<object>][] =
  [
    ['text', 'off', (client, key, context) => client.getStringDetails(key, 'off', context)],
    ['a boolean', false, (client, key, context) => client.getBooleanDetails(key, false, context)],
    ['a number', -1, (client, key, context) => client.getNumberDetails(key, -1, context)],
    ['an object', { none: true }, (client, key, context) => client.getObjectDetails(key, { none: true }, context)],
  ];

test('the provider is ready at once, and says who it is', async () => {
  const { client } = await connect(running());
  expect(client.providerStatus).toBe(ServerProviderStatus.READY);
  expect(client.metadata.providerMetadata).toEqual({ name: 'loopwright' });
  const ready = jest.fn();
  client.addHandler(ProviderEvents.Ready, ready);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ready).toHaveBeenCalled();
});

test('text is the variant, a boolean whether it is not the control, a number its version, an object all of it', async () => {
  const { client } = await connect(running(versions));
  const context = { targetingKey: inB };
  const details = { flagKey: 'checkout', variant: 'B', reason: 'SPLIT' };
  const flagMetadata = { index: 1, by: 'hash', version: 8 };
  const common = { ...details, flagMetadata };
  expect(await client.getStringDetails('checkout', 'off', context)).toEqual({ ...common, value: 'B' });
  expect(await client.getBooleanDetails('checkout', false, context)).toEqual({ ...common, value: true });
  expect(await client.getNumberDetails('checkout', -1, context)).toEqual({ ...common, value: 8 });
  expect(await client.getObjectDetails('checkout', {}, context)).toEqual({
    ...common,
    value: { experiment: 'checkout', unit: inB, variant: 'B', index: 1, version: 8, by: 'hash' },
  });
  expect(await client.getBooleanValue('checkout', true, { targetingKey: inA })).toBe(false);
});

describe.each(evaluations)('%s', (_type, fallback, evaluate) => {
  const eligibility = [{ attribute: 'country', operator: 'is' as const, value: 'DE' }];

  test('of a flag that is not known: default, FLAG_NOT_FOUND', async () => {
    const { client } = await connect(running(versions));
    expect(await evaluate(client, 'chekout', { targetingKey: inB })).toMatchObject({
      value: fallback,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: expect.stringContaining('"chekout"'),
    });
  });

  test('without a unit: default, TARGETING_KEY_MISSING', async () => {
    const { client } = await connect(running(versions));
    for (const context of [{}, { targetingKey: '' }])
      expect(await evaluate(client, 'checkout', context)).toMatchObject({
        value: fallback,
        reason: 'ERROR',
        errorCode: 'TARGETING_KEY_MISSING',
      });
  });

  test('for what is no unit: default, INVALID_CONTEXT', async () => {
    const { client } = await connect(running(versions));
    expect(await evaluate(client, 'checkout', { targetingKey: 'x'.repeat(201) })).toMatchObject({
      value: fallback,
      reason: 'ERROR',
      errorCode: 'INVALID_CONTEXT',
    });
  });

  test('of an experiment that is over: default, DISABLED', async () => {
    const { client } = await connect(running(versions, { running: false }));
    const found = await evaluate(client, 'checkout', { targetingKey: inB });
    expect(found).toMatchObject({ value: fallback, reason: 'DISABLED', flagMetadata: { reason: 'not-running' } });
    expect(found).not.toHaveProperty('variant');
    expect(found).not.toHaveProperty('errorCode');
  });

  test('for a unit that takes no part: default, DEFAULT and why', async () => {
    const { client } = await connect(running({ ...versions, eligibility }));
    const found = await evaluate(client, 'checkout', { targetingKey: inB, country: 'FR' });
    expect(found).toMatchObject({ value: fallback, reason: 'DEFAULT', flagMetadata: { reason: 'not-eligible' } });
    expect(found).not.toHaveProperty('variant');
  });

  test('for a tester: TARGETING_MATCH, not exposed', async () => {
    const [first, second] = versions.variants!;
    const { client, assigner } = await connect(running({ variants: [first!, { ...second!, force: ['tester'] }] }));
    const found = await evaluate(client, 'checkout', { targetingKey: 'tester' });
    expect(found).toMatchObject({ variant: 'B', reason: 'TARGETING_MATCH', flagMetadata: { by: 'forced' } });
    await assigner.flush();
    expect(parts.exposures).toEqual([]);
  });
});

test('a number of a design without versions is TYPE_MISMATCH, whoever asks', async () => {
  const { client } = await connect(running());
  for (const context of [{ targetingKey: inB }, {}])
    expect(await client.getNumberDetails('checkout', -1, context)).toMatchObject({
      value: -1,
      reason: 'ERROR',
      errorCode: 'TYPE_MISMATCH',
    });
});

test('the attribute that the design randomises by goes before the targeting key', async () => {
  const { client } = await connect(running({ unit: 'account' }));
  expect(await client.getStringValue('checkout', 'off', { targetingKey: inA, account: inB })).toBe('B');
  expect(await client.getStringValue('checkout', 'off', { targetingKey: inA })).toBe('A');
  expect(await client.getStringValue('checkout', 'off', { account: inB })).toBe('B');
});

test('what a unit met before holds here too, and is a split', async () => {
  const eligibility = [{ attribute: 'country', operator: 'is' as const, value: 'DE' }];
  const { client } = await connect(running({ eligibility }));
  parts.met.set(`checkout ${inB}`, 'B');
  const found = await client.getStringDetails('checkout', 'off', { targetingKey: inB, country: 'FR' });
  expect(found).toMatchObject({ value: 'B', reason: 'SPLIT', flagMetadata: { by: 'sticky' } });
});

test('an evaluation that succeeds is an exposure, once, with the attributes of the segments only', async () => {
  const { client, assigner } = await connect(running());
  const context = { targetingKey: inB, country: 'DE', plan: 'pro', nested: { a: 1 } };
  await client.getStringValue('checkout', 'off', context);
  await client.getBooleanValue('checkout', false, context);
  await client.getNumberValue('checkout', 0, { targetingKey: inA });
  await assigner.flush();
  const at = '2026-01-05T12:00:00.000Z';
  expect(parts.exposures).toEqual([
    { experiment: 'checkout', unit: inB, variant: 'B', at, attributes: { country: 'DE' } },
  ]);
});

test('an evaluation that a hook of the application breaks is no exposure', async () => {
  const { client, assigner } = await connect(running());
  client.addHooks({
    before: () => {
      throw new Error('refused');
    },
  });
  expect(await client.getStringDetails('checkout', 'off', { targetingKey: inB })).toMatchObject({ reason: 'ERROR' });
  await assigner.flush();
  expect(parts.exposures).toEqual([]);
});

test('the application is told which flags changed', async () => {
  const { client, assigner, provider } = await connect(running());
  const changed: unknown[] = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, (details) => changed.push(details?.flagsChanged));
  parts.experiments = [running({}, { coverage: 0.5 }), running({ id: 'second' })];
  await assigner.refresh();
  await assigner.refresh();
  expect(changed).toEqual([['checkout', 'second']]);
  await provider.onClose!();
  parts.experiments = [];
  await assigner.refresh();
  expect(changed).toHaveLength(1);
});

describe('tracking', () => {
  test('an event is a metric event of the targeting key; the value is 1 unless told', async () => {
    const { client, provider } = await connect(running());
    client.track('click', { targetingKey: inB });
    client.track('order', { targetingKey: inB }, { value: 19.9, eventId: 'o-1', currency: 'EUR' });
    await provider.onClose!();
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(events).toEqual([
      { eventId: expect.stringMatching(/^[0-9a-f-]{36}$/), unit: inB, event: 'click', value: 1, at },
      { eventId: 'o-1', unit: inB, event: 'order', value: 19.9, at },
    ]);
    expect(errors).toEqual([]);
  });

  test('an event that nobody did is dropped and told, and so is a refusal', async () => {
    const { client, provider } = await connect(running());
    client.track('click');
    expect(errors).toEqual([new Error('event "click" was dropped: expected a targetingKey, the unit that did it')]);
    client.track('order', { targetingKey: inB }, { value: -1 });
    await provider.onClose!();
    expect(errors[1]).toEqual(new Error('metric events were refused: 1 bad-value'));
  });

  test('without a sink events go nowhere', async () => {
    parts = new Parts(running());
    const provider = await createOpenFeatureProvider(await parts.assigner());
    expect(() => provider.track!('click', { targetingKey: inB }, {})).not.toThrow();
    await provider.onClose!();
  });
});

test('where OpenFeature is not installed the error names the package', async () => {
  parts = new Parts(running());
  const assigner = await parts.assigner();
  jest.doMock('@openfeature/server-sdk', () => {
    throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
  });
  jest.resetModules();
  try {
    const fresh = jest.requireActual<typeof openFeature>('../../src/services/open-feature');
    await expect(fresh.createOpenFeatureProvider(assigner as never)).rejects.toThrow(
      'the provider needs @openfeature/server-sdk, which is not installed: npm install @openfeature/server-sdk',
    );
  } finally {
    jest.dontMock('@openfeature/server-sdk');
  }
});
