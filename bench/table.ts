import type { Measured, Timing } from './measure';

/** Three digits, in the unit that suits. */
export function shownTime(milliseconds: number): string {
  const [value, unit] =
    milliseconds >= 1_000
      ? [milliseconds / 1_000, 's']
      : milliseconds >= 1
        ? [milliseconds, 'ms']
        : [milliseconds * 1_000, 'µs'];
  return `${shownNumber(value)} ${unit}`;
}

function shownNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function shownTiming({ median, min, max }: Timing): string {
  return `${shownTime(median)} (${shownTime(min)}–${shownTime(max)})`;
}

/** A Markdown table. */
export function tableOf(rows: readonly Measured[]): string {
  const lines = rows.map(({ work, ours, peer, ratio, ratioOfMinima, goal, met, wrong, skipped }) => [
    work,
    shownTiming(ours),
    peer === null ? `skipped: ${skipped ?? ''}` : `${peer.what}: ${shownTiming(peer.timing)}`,
    ratio === null ? '–' : `${shownNumber(ratio)}× (${shownNumber(ratioOfMinima!)}×)`,
    goal === null ? '–' : `${goal}×`,
    met === null ? '–' : met ? 'yes' : 'no',
    peer === null ? '–' : (wrong ?? 'yes'),
  ]);
  const head = ['work', 'ours', 'peer', 'ratio (of minima)', 'goal', 'met', 'same result'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
