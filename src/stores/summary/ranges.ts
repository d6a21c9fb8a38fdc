/** Neighbours as ranges, both ends in them. */
export function rangesOf(hours: readonly number[]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const hour of hours) {
    const last = ranges.at(-1);
    if (last?.[1] === hour - 1) last[1] = hour;
    else ranges.push([hour, hour]);
  }
  return ranges;
}
