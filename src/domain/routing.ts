import type { Serving } from '../contracts';
import { assignVariant } from './assignment';

/**
 * Which version serves a row. The champion has [0, 1 − allocation) of the hash, so more traffic for the challenger
 * moves only those who change to it.
 */
export function routeTraffic(
  serving: Serving,
  row: { readonly predictionId: string; readonly unit?: string | undefined },
): number {
  const { split, challenger, champion } = serving;
  if (split === null || challenger === null) return champion;
  const unit = split.unit === 'unit' ? (row.unit ?? row.predictionId) : row.predictionId;
  const variants = [
    { name: 'champion', weight: 1 - split.allocation },
    { name: 'challenger', weight: split.allocation },
  ];
  return assignVariant({ seed: split.seed, unit, variants }) === 'challenger' ? challenger : champion;
}
