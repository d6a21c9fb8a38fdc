/** The known name that was probably meant, or null: at most two letters apart, and closer than half of the name. */
export function closest(name: string, known: Iterable<string>): string | null {
  let [best, nearest]: [string | null, number] = [null, Math.min(3, Math.ceil(name.length / 2) + 1)];
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= nearest) continue;
    const apart = distance(name.toLowerCase(), candidate.toLowerCase());
    if (apart < nearest) [best, nearest] = [candidate, apart];
  }
  return best;
}

/** ` did you mean "x"?` or, where nothing is near, what there is. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  if (meant !== null) return `did you mean ${JSON.stringify(meant)}?`;
  if (known.length === 0) return 'there is none';
  const shown = known.slice(0, 10).join(', ');
  return `expected one of ${shown}${known.length > 10 ? `, … (${known.length} in all)` : ''}`;
}

/** Letters put in, left out, replaced or swapped with their neighbour; what is more than two apart may count as more. */
function distance(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row: number[] = [i];
    for (let j = Math.max(1, i - 2); j <= Math.min(b.length, i + 2); j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? Infinity) + 1, (row[j - 1] ?? Infinity) + 1, (last[j - 1] ?? Infinity) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? Infinity) + 1);
      row[j] = cost;
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? Infinity;
}
