import type { EndedStage } from '../../src/contracts';

/** Characters that all reasons of a message have together, and that each may have however many they are. */
const [TOGETHER, EACH] = [40_000, 80] as const;

/** Why stages ended, short enough for a message: many reasons are cut shorter than one. */
export function shortened(ended: Readonly<Record<string, EndedStage>>): Record<string, EndedStage> {
  const told = Object.values(ended).filter(({ reason }) => reason !== undefined).length;
  const most = Math.max(EACH, Math.floor(TOGETHER / Math.max(1, told)));
  return Object.fromEntries(
    Object.entries(ended).map(([name, end]) => {
      const { reason } = end;
      return [
        name,
        reason === undefined || reason.length <= most ? end : { ...end, reason: `${reason.slice(0, most)}…` },
      ];
    }),
  );
}
