import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { LedgerEntry } from '../../src/contracts';
import type { Bench, Loop } from '../monitors/bench';
import { timed } from '../monitors/result';
import type { Result } from '../monitors/result';
import { besideGoal, DECISION, latency, twoVersions } from './figures';
import { promoteUpdate, UNDECIDED_UPDATES, workflowIds } from './library';

const GOALS = { rollBackMs: 300, promotionsSeconds: 10 };
const ROLL_BACKS = 200;
const PROMOTIONS = 64;
const RAW = { clients: 16, each: 4 };
const target = { model: 'm', environment: 'production' };

/** From the call to the entry that is written for good, with a deploy before each. */
export async function rollBacks(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  const { deployments } = loop.client;
  await twoVersions(loop.client, target);
  const took: number[] = [];
  for (let k = 0; k < ROLL_BACKS; k += 1) {
    await deployments.deploy(target, 2, { ...DECISION, key: `deploy/${k}` });
    const { ms } = await timed(() => deployments.rollBack(target, { ...DECISION, key: `back/${k}` }));
    took.push(ms);
  }
  await loop.close();
  return [latency('rollBack to the majority commit, through the client', took, GOALS.rollBackMs)];
}

/** Asked for at once; the client's queue lets four go. */
export async function promotionsOfOneClient(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  const { deployments } = loop.client;
  const staging = { ...target, environment: 'staging' };
  await twoVersions(loop.client, staging);
  await deployments.deploy(staging, 2, { ...DECISION, key: 'second' });
  await deployments.deploy(target, 1, { ...DECISION, key: 'first' });
  const promotion = { model: target.model, from: 'staging', to: 'production' };
  const { ms, result } = await timed(() =>
    Promise.all(
      Array.from({ length: PROMOTIONS }, (_, k) =>
        deployments.promote(promotion, { ...DECISION, key: `k${k}`, version: 1 + (k % 2) }),
      ),
    ),
  );
  const verdict = await check(loop, result);
  await loop.close();
  const figure = { value: ms / 1_000, unit: 's', goal: GOALS.promotionsSeconds };
  return [besideGoal(`${PROMOTIONS} promotions through one client, all answered`, figure, figure.value, [verdict])];
}

/** Each with a connection of its own and no queue; what the server gives back undecided is sent again, as it asks. */
export async function promotionsOfManyClients(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  await twoVersions(loop.client, target);
  const { address } = Reflect.get(loop.temporal.connection, 'options') as { address: string };
  const connections = await Promise.all(Array.from({ length: RAW.clients }, () => Connection.connect({ address })));
  let undecided = 0;
  const promote = async (connection: Connection, key: string, version: number): Promise<LedgerEntry> => {
    const handle = new Client({ connection }).workflow.getHandle(workflowIds.deployment(target));
    const command = { ...DECISION, key, version, effectiveAt: new Date().toISOString() };
    for (;;) {
      try {
        return await handle.executeUpdate(promoteUpdate, { args: [command], updateId: key });
      } catch (error) {
        const type: unknown = Reflect.get(Object((error as Error).cause) as object, 'type');
        if (!UNDECIDED_UPDATES.includes(String(type))) throw error;
        undecided += 1;
      }
    }
  };
  const { ms, result } = await timed(() =>
    Promise.all(
      connections.flatMap((connection, client) =>
        Array.from({ length: RAW.each }, (_, k) => promote(connection, `${client}/${k}`, 1 + ((client + k) % 2))),
      ),
    ),
  );
  const verdict = `${await check(loop, result)}; ${undecided} were given back undecided and sent again`;
  await Promise.all(connections.map((connection) => connection.close()));
  await loop.close();
  const work = `${RAW.clients} raw clients × ${RAW.each} promotions at once, all answered`;
  const seconds = ms / 1_000;
  return [besideGoal(work, { value: seconds, unit: 's', goal: null }, { seconds, undecided }, [verdict])];
}

/**
 * That every answer stands in the ledger, without a gap, and that the ledger is the fold of the commands that the
 * history has accepted. Its order is that of the writes: a workflow task that is lost after its writes is made again
 * with the updates in another order, and each then finds its line.
 */
async function check({ client, temporal }: Loop, answers: readonly LedgerEntry[]): Promise<string> {
  const ledger = await client.deployments.history(target);
  const tokens = ledger.map(({ token }) => token);
  if (!tokens.every((token, k) => token === k + 1)) throw new Error(`tokens with a gap: ${tokens.join(' ')}`);
  for (const answer of answers) {
    if (!isDeepStrictEqual(plain(answer), plain(ledger[answer.token - 1]!))) {
      throw new Error(`answered ${JSON.stringify(answer)}, recorded ${JSON.stringify(ledger[answer.token - 1])}`);
    }
  }
  const accepted = await commands(temporal.workflow.getHandle(workflowIds.deployment(target)));
  const tokenOf = new Map(ledger.map(({ key, token }) => [key, token]));
  const written = accepted.toSorted((a, b) => tokenOf.get(a.key)! - tokenOf.get(b.key)!);
  const recorded = ledger.map(({ token, champion, previous, key }) => ({ token, champion, previous, key }));
  if (!isDeepStrictEqual(fold(written), recorded)) throw new Error('the ledger is not the fold of the history');
  const order = isDeepStrictEqual(written, accepted) ? 'in the order of' : 'not in the order of';
  return `${answers.length} of ${answers.length} answered; ${ledger.length} entries without a gap, the fold of the history, ${order} acceptance`;
}

function plain(entry: LedgerEntry): unknown {
  return JSON.parse(JSON.stringify(entry));
}

interface Command {
  readonly key: string;
  readonly version: number;
}

/** What the workflow accepted, in its order; the history of one run holds so few. */
async function commands(handle: WorkflowHandle): Promise<Command[]> {
  const { events } = await handle.fetchHistory();
  return events!.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    const data = accepted?.acceptedRequest?.input?.args?.payloads?.[0]?.data;
    return data == null ? [] : [JSON.parse(Buffer.from(data).toString()) as Command];
  });
}

/** What a ledger of deploys and promotions should say: each makes its version the champion. */
function fold(given: readonly Command[]): unknown[] {
  let [champion, previous]: (number | null)[] = [null, null];
  return given.map(({ key, version }, k) => {
    if (version !== champion) [champion, previous] = [version, champion!];
    return { token: k + 1, champion, previous, key };
  });
}
