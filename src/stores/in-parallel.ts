/** Writes in flight for one call: enough that packing the next segment and the journal's wait overlap. */
const LANES = 4;

/** Does work on each item, a few at a time, in order. Nothing is under way any more when it resolves or rejects. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await work(items[next - 1]!);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(LANES, items.length) }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}
