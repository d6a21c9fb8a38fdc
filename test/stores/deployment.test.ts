import fc from 'fast-check';
import type { LedgerEntry, Serving } from '../../src/contracts';
import { decide, refuse } from '../../src/domain/deployment';
import type { DeploymentDecision } from '../../src/domain/deployment';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const version = fc.integer({ min: 1, max: 4 });
const split = fc.record({
  experiment: fc.constantFrom('e', 'rollout/k0'),
  seed: fc.constant('s'),
  unit: fc.constant('unit' as const),
  allocation: fc.constantFrom(0.1, 0.5),
});
const wish = fc.oneof(
  fc.record({ action: fc.constantFrom('deploy', 'promote', 'begin-rollout'), version }),
  fc.record({ action: fc.constant('roll-back'), version: fc.option(version, { nil: undefined }) }),
  fc.record({ action: fc.constant('set-traffic'), challenger: version, split, rollout: fc.constant('k0') }),
  fc.record({ action: fc.constant('set-traffic'), challenger: version, split: fc.constant(null), shadow: version }),
  fc.record({ action: fc.constant('abort') }),
) as fc.Arbitrary<Partial<DeploymentDecision>>;

/** What a line says, told from the lines before it by rules written down a second time. */
function next(before: Serving | null, line: LedgerEntry): Omit<Serving, 'model' | 'environment'> {
  const { action, token, effectiveAt } = line;
  const alone = { token, effectiveAt, challenger: null, split: null };
  switch (action) {
    case 'abort':
      return { ...alone, champion: before!.champion, previous: before!.previous };
    case 'begin-rollout':
      return { ...alone, champion: before!.champion, previous: before!.previous, rollout: line.key };
    case 'roll-back':
      return { ...alone, champion: line.champion, previous: null };
    case 'set-traffic': {
      const { challenger, split: division, shadow, rollout } = line;
      const kept = { champion: before!.champion, previous: before!.previous };
      return {
        ...{ token, effectiveAt, challenger, split: division, ...kept },
        ...(shadow == null ? {} : { shadow }),
        ...(rollout == null ? {} : { rollout }),
      };
    }
    default: {
      const previous = before?.champion === line.champion ? before.previous : (before?.champion ?? null);
      return { ...alone, champion: line.champion, previous };
    }
  }
}

test('what serves is the fold of the ledger, at every token', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 12 }), async (wishes) => {
      const target = { model: `m${(counter += 1)}`, environment: 'production' };
      const { deployments } = opened.stores;
      let serving: Serving | null = null;
      for (const [k, some] of wishes.entries()) {
        const common = { key: `k${k}`, who: 'w', reason: 'r', effectiveAt: hour(k) };
        const decision = { ...common, ...some } as DeploymentDecision;
        if (refuse(serving, decision) !== null) continue;
        await deployments.write(decide(target, serving, decision));
        serving = await deployments.current(target);
        expect(serving).toEqual(await deployments.newest(target));
      }
      const history = await deployments.history(target);
      expect(history.map(({ token }) => token)).toEqual(history.map((_, k) => k + 1));
      let folded: Serving | null = null;
      for (const line of history) {
        folded = { ...target, ...next(folded, line) };
        expect(await deployments.findEntry(target, line.token)).toEqual(line);
        // Later lines are effective later: at its time this line is the newest.
        expect(await deployments.at(target, line.effectiveAt)).toEqual(line);
        expect(line).toMatchObject(folded);
      }
      expect(serving).toEqual(folded);
    }),
    { numRuns: 40 },
  );
});

test('a token that nobody wrote has no entry; one of another target is not found', async () => {
  const target = { model: 'other', environment: 'production' };
  const common = { key: 'k', who: 'w', reason: 'r', effectiveAt: hour(0) };
  await opened.stores.deployments.write(decide(target, null, { ...common, action: 'deploy', version: 1 }));
  expect(await opened.stores.deployments.findEntry(target, 2)).toBeNull();
  expect(await opened.stores.deployments.findEntry({ ...target, environment: 'staging' }, 1)).toBeNull();
});
