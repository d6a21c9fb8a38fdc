import type { Instant, MonitorSpec, MonitorState, WindowReport, WindowRequest } from '../contracts';
import { after, durationMs, earliest, ms, windowAt } from './time';

/** Windows of one look, at most: a monitor that was away catches up in several. */
const WINDOWS_PER_LOOK = 50;

/** When the baseline is known: its end plus label maturity. */
export function baselineDue(spec: MonitorSpec): Instant {
  return after(spec.baseline.to, spec.labelMaturity);
}

/** When window k is judged: its end plus label maturity. */
export function windowDue(spec: MonitorSpec, k: number): Instant {
  return after(windowAt(spec.baseline.from, spec.window, k).to, spec.labelMaturity);
}

/** When the traffic of window k is judged: at its end, but not before the baseline that it is compared with is known. */
function trafficDue(spec: MonitorSpec, k: number): Instant {
  const { to } = windowAt(spec.baseline.from, spec.window, k);
  const known = baselineDue(spec);
  return to < known ? known : to;
}

/** The number of the first window after the baseline. */
export function firstWindow(spec: MonitorSpec): number {
  return Math.ceil((ms(spec.baseline.to) - ms(spec.baseline.from)) / durationMs(spec.window));
}

/** When it is looked whether predictions still come; null where nobody asked. */
export function silenceDue(state: MonitorState): Instant | null {
  const { silence } = state.spec.volume;
  if (silence === undefined) return null;
  const known = [state.spec.baseline.to, state.lastServedAt, state.silenceCheckedAt].filter((at) => at != null);
  return after(
    known.reduce((a, b) => (a >= b ? a : b)),
    silence,
  );
}

/** The earliest event time at which the monitor itself will look; `tick` is when an alert next needs something. */
export function nextLook(state: MonitorState, tick: Instant | null): Instant | null {
  const { spec } = state;
  if (state.baseline === null) return earliest(baselineDue(spec), tick);
  const traffic = trafficDue(spec, state.nextTraffic ?? firstWindow(spec));
  return earliest(windowDue(spec, state.nextWindow), traffic, silenceDue(state), tick);
}

/** What is to be judged at an event time, in the order in which it became due: traffic before what came of it. */
export function dueWindows(state: MonitorState, at: Instant): readonly WindowRequest[] {
  const { spec } = state;
  const due = baselineDue(spec);
  if (due > at) return [];
  const baseline = state.baseline === null ? [{ phase: 'baseline', ...spec.baseline, asOf: due } as const] : [];
  const traffic = windowsDue(spec, 'traffic', state.nextTraffic ?? firstWindow(spec), (k) => trafficDue(spec, k), at);
  const judged = windowsDue(spec, 'judge', state.nextWindow, (k) => windowDue(spec, k), at);
  const windows = [...traffic, ...judged].sort((a, b) => (a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : 0));
  return [...baseline, ...windows].slice(0, WINDOWS_PER_LOOK);
}

function windowsDue(
  spec: MonitorSpec,
  phase: 'traffic' | 'judge',
  first: number,
  dueOf: (k: number) => Instant,
  at: Instant,
): WindowRequest[] {
  const windows: WindowRequest[] = [];
  for (let k = first; dueOf(k) <= at && windows.length < WINDOWS_PER_LOOK; k += 1)
    windows.push({ phase, ...windowAt(spec.baseline.from, spec.window, k), asOf: dueOf(k) });
  return windows;
}

/** A window that has ended and may have all its labels already, for a monitor that does not wait for maturity. */
export function earlyWindow(state: MonitorState, at: Instant): WindowRequest | null {
  const { from, to } = windowAt(state.spec.baseline.from, state.spec.window, state.nextWindow);
  return state.baseline !== null && to <= at ? { phase: 'judge', from, to, asOf: at, onlyIfComplete: true } : null;
}

/** What is to be judged next, after a window has been. */
export function nextWindows(
  state: MonitorState,
  judged: Pick<WindowReport, 'phase' | 'from'>,
): Pick<MonitorState, 'nextWindow' | 'nextTraffic'> {
  const { spec, nextWindow, nextTraffic = firstWindow(spec) } = state;
  const next = Math.round((ms(judged.from) - ms(spec.baseline.from)) / durationMs(spec.window)) + 1;
  return judged.phase === 'judge'
    ? { nextWindow: Math.max(nextWindow, next), nextTraffic }
    : { nextWindow, nextTraffic: Math.max(nextTraffic, next) };
}
