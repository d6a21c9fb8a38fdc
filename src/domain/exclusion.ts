import type { Holdout, Namespace } from '../contracts';
import { hashUnit, hashVersion1 } from './hash';

/** As GrowthBook does it. */
const NAMESPACE_SEED = '__';

/** Keeps a holdout apart from an experiment whose seed is the holdout's name: it would hold out one variant only. */
const HOLDOUT_SEED = 'holdout:';

/** Whether a unit is in an experiment's part of a namespace; parts that do not overlap share no unit. */
export function inNamespace({ name, range: [from, to] }: Namespace, unit: string): boolean {
  const place = hashVersion1(NAMESPACE_SEED + name, unit);
  return place >= from && place < to;
}

/** Whether a unit is held out. It hashes by the holdout's name alone, so all who name it hold out the same units. */
export function isHeldOut({ name, share }: Holdout, unit: string): boolean {
  return hashUnit(HOLDOUT_SEED + name, unit) < share;
}
