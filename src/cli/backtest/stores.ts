import { DEFAULT_TRAINER, versionName } from '../../contracts';
import type { Evaluation, Instant, ModelVersion } from '../../contracts';
import { NO_PREDICTION } from '../../stores';
import type { BaselineDocument, Stores } from '../../stores';
import type { World } from './world';

/** Parts of stores, as they are declared. */
type Parts = { readonly [K in keyof Stores]?: Partial<Stores[K]> };

/**
 * The stores that the activities of a replay ask, over the memory of one policy. Everything is written once there, so
 * the first result stands without a database that says so.
 */
export function memoryStores(world: World): Stores {
  const { rows } = world;
  const parts = {
    labels: { fold: () => Promise.resolve(0), countPending: () => Promise.resolve(0) },
    rows: { read: (query) => rows.read(query) },
    traffic: {
      lastServedAt: (_, at) => Promise.resolve(lastServedAt(world, at)),
      // Of any number windows are judged from their rows: a policy's spec has the largest `exactRows` there is.
      countServed: () => Promise.resolve(0),
    },
    evaluations: evaluations(),
    baselines: baselines(),
    datasets: { record: (_, { n }, facts) => Promise.resolve({ dataset: 'memory', rows: n, ...facts }) },
    deployments: {
      current: () => Promise.resolve(world.serving),
      at: (_, at) => Promise.resolve(world.ledger.findLast(({ effectiveAt }) => effectiveAt <= at) ?? null),
    },
    registry: { find: (model, version) => Promise.resolve(modelVersion(world, model, version)) },
    artifacts: artifacts(world),
  } satisfies Parts;
  return parts as unknown as Stores;
}

const VERSION = 'version/';

function modelVersion(world: World, model: string, version: number): ModelVersion {
  return {
    ...{ model, version, name: versionName(model, version), artifact: `${VERSION}${version}` },
    ...{ trainer: DEFAULT_TRAINER, dataset: null, trainedOn: world.version(version).trainedOn },
    ...{ metrics: {}, state: 'registered' },
  };
}

/** Versions by their number, everything else by the order in which it came. */
function artifacts(world: World): Partial<Stores['artifacts']> {
  const others: Uint8Array[] = [];
  return {
    put: (bytes) => Promise.resolve(String(others.push(bytes) - 1)),
    get: (address) => {
      const version = address.startsWith(VERSION) ? Number(address.slice(VERSION.length)) : null;
      return Promise.resolve(version === null ? others[Number(address)]! : world.version(version).artifact);
    },
  };
}

function lastServedAt({ rows }: World, at: Instant): Instant | null {
  let row = rows.indexOf(at);
  // Unlike the rows of a window, one that came at this very instant counts.
  while (row < rows.n && rows.at[row]! <= Date.parse(at)) row += 1;
  do row -= 1;
  while (row >= 0 && rows.prediction[row] === NO_PREDICTION);
  return row < 0 ? null : new Date(rows.at[row]!).toISOString();
}

/** Estimates are kept for their reconciliation; other windows are judged once and never asked for again. */
function evaluations(): Partial<Stores['evaluations']> {
  const estimates = new Map<string, Evaluation>();
  const key = ({ from, to }: Pick<Evaluation, 'from' | 'to'>) => `${from}/${to}`;
  return {
    find: () => Promise.resolve(null),
    findEstimate: (_, window) => Promise.resolve(estimates.get(key(window)) ?? null),
    record: (_, evaluation) => {
      if (evaluation.phase === 'traffic') estimates.set(key(evaluation), evaluation);
      return Promise.resolve(evaluation);
    },
  };
}

function baselines(): Partial<Stores['baselines']> {
  const frozen: BaselineDocument[] = [];
  return {
    find: (_, kind, source) =>
      Promise.resolve(frozen.find((each) => each.kind === kind && each.source === source) ?? null),
    freeze: ({ model, environment }, entry) => {
      const number = frozen.length + 1;
      const _id = `${model}/${environment}/${number}`;
      frozen.push({ _id, model, environment, number, ...entry, createdAt: new Date(0) });
      return Promise.resolve(frozen.at(-1)!);
    },
  };
}
