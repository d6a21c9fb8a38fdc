import type { RetrainingResult } from '../../src/contracts';
import type { TestLoop } from './environment';

/** How a retraining is to end. */
export interface RetrainingEnd {
  readonly decision: string;
  /** The actions of the ledger, with commas between. */
  readonly ledger: string;
}

/** What must hold after every end of a retraining of version 1. */
export async function checkEnd(loop: TestLoop, model: string, { decision, ledger }: RetrainingEnd): Promise<void> {
  const { retraining, deployments, models, alerts } = loop.client;
  const result = (await retraining.handle({ model }).result()) as RetrainingResult;
  expect(result).toMatchObject({ decision });
  const history = await deployments.history({ model });
  expect(history.map(({ action }) => action).join(', ')).toBe(ledger);
  expect(new Set(history.map(({ key }) => key)).size).toBe(history.length);
  const serving = (await deployments.current({ model }))!;
  expect(serving).toMatchObject({ champion: decision === 'promoted' ? 2 : 1, challenger: null, split: null });
  expect(serving).not.toHaveProperty('shadow');
  expect(serving).not.toHaveProperty('rollout');
  const versions = await models.list(model);
  expect(versions.filter(({ state }) => state === 'challenger')).toEqual([]);
  expect(versions.length).toBeLessThanOrEqual(2);
  expect(await alerts.list({ model }, { state: 'unresolved' })).toEqual([]);
  const recorded = await retraining.list({ model });
  expect(recorded.map(({ result: end }) => end?.decision)).toEqual([decision]);
}

/** Artifacts and dataset versions of a database that no version of a model names. */
export async function orphansOf({ db }: TestLoop): Promise<string[]> {
  const [artifacts, datasets] = await Promise.all([
    db.collection('artifacts.files').distinct('filename') as Promise<string[]>,
    db.collection<{ _id: string }>('datasets').distinct('_id'),
  ]);
  const named = await Promise.all(['artifact', 'dataset'].map((field) => db.collection('models').distinct(field)));
  return [
    ...artifacts.filter((file) => !named[0]!.includes(file.split('.')[0])),
    ...datasets.filter((id) => !named[1]!.includes(id)),
  ];
}
