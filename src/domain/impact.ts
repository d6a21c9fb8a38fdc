import { IMPACT_GROUPS, NAME_PATTERN, NAME_RULE, ROTATION_NOTICE } from '../contracts';
import type {
  ControlGroup,
  Division,
  ImpactChange,
  ImpactMonth,
  ImpactRotation,
  ImpactSpec,
  ImpactState,
  ImpactStatus,
  Instant,
  Interval,
} from '../contracts';
import { hashUnit } from './assignment';
import { after, before, iso, ms } from './time';

const DAY_MS = 86_400_000;

/** How many months a workflow carries; reports of all are in the database. */
const REMEMBERED_MONTHS = 24;

/**
 * The group of a user at a time, pure: control where the hash of the id under the rotation is below its size.
 * @returns null before the first control group
 * @example groupAt([{ rotation: 'first', controlGroupSize: .1, from }], 'shop', 'user-1', from)
 */
export function groupAt(groups: readonly ControlGroup[], model: string, userId: string, at: Instant): Division | null {
  const standing = controlGroupAt(groups, at);
  if (standing === null) return null;
  const { rotation, controlGroupSize } = standing;
  const [control, treatment] = IMPACT_GROUPS;
  return { group: hashUnit(`impact/${model}/${rotation}`, userId) < controlGroupSize ? control : treatment, rotation };
}

/** The control group that stands at a time; null before the first. */
export function controlGroupAt(groups: readonly ControlGroup[], at: Instant): ControlGroup | null {
  return groups.findLast(({ from }) => from <= at) ?? null;
}

/** The month of an instant in UTC: `2026-10`. */
export function monthOf(instant: Instant): string {
  return instant.slice(0, 7);
}

/** The first instant of a month. */
export function monthStart(month: string): Instant {
  return `${month}-01T00:00:00.000Z`;
}

/** The month after. */
export function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return monthOf(iso(Date.UTC(year, number, 1)));
}

/** A month as it is reported: half-open, and not before the tracking began. */
export function periodOf({ start }: Pick<ImpactSpec, 'start'>, month: string): Interval {
  const first = monthStart(month);
  return { from: first > start ? first : start, to: monthStart(nextMonth(month)) };
}

/** Every month from one instant to another, both in it. */
export function monthsBetween(from: Instant, to: Instant): string[] {
  const months: string[] = [];
  for (let month = monthOf(from); month <= monthOf(to); month = nextMonth(month)) months.push(month);
  return months;
}

/**
 * Where the covariate of a control group comes from: revenue before its rotation began. Later revenue would carry the
 * effect that it is to be cleared of.
 */
export function covariateOf({ lookBack }: Pick<ImpactSpec, 'lookBack'>, group: ControlGroup): Interval | null {
  return lookBack === null ? null : { from: before(group.from, lookBack), to: group.from };
}

/** The months whose events a month's report is made of. */
export function inputMonths(spec: ImpactSpec, groups: readonly ControlGroup[], month: string): string[] {
  const { from, to } = periodOf(spec, month);
  const group = controlGroupAt(groups, from);
  const covariate = group === null ? null : covariateOf(spec, group);
  const own = monthsBetween(from, after(to, spec.attributionWindow));
  return [...new Set([...(covariate === null ? [] : monthsBetween(covariate.from, covariate.to)), ...own])];
}

/** What the business case says of a part of a month, pro rata; null where it says nothing. */
export function expectedValue(spec: Pick<ImpactSpec, 'businessCase'>, month: string, part: Interval): number | null {
  const standing = spec.businessCase.findLast(({ from }) => from <= month);
  if (standing === undefined) return null;
  const whole = ms(monthStart(nextMonth(month))) - ms(monthStart(month));
  return (standing.monthlyValue * (ms(part.to) - ms(part.from))) / whole;
}

/** A tracker that begins. */
export function initialState(spec: ImpactSpec, groups: readonly ControlGroup[]): ImpactState {
  return { spec, groups, watermark: null, settledThrough: null, months: [], closed: null, failure: null };
}

/** The midnight (UTC) that an instant's day began with: windows are closed day by day. */
export function dayStart(instant: Instant): Instant {
  return iso(Math.floor(ms(instant) / DAY_MS) * DAY_MS);
}

/** When the next windows are closed; null for a tracker that is closed. */
export function dueAt({ spec, settledThrough, closed }: ImpactState): Instant | null {
  return closed === null ? iso(ms(dayStart(settledThrough ?? spec.start)) + DAY_MS) : null;
}

/** The state after windows were closed at an instant. */
export function settled(state: ImpactState, at: Instant, changed: readonly ImpactMonth[]): ImpactState {
  const months = new Map([...state.months, ...changed].map((month) => [month.month, month]));
  const sorted = [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
  return { ...state, months: sorted.slice(-REMEMBERED_MONTHS), settledThrough: at, failure: null };
}

/** What a tracker answers. */
export function statusOf(state: ImpactState): ImpactStatus {
  const name = state.closed !== null ? 'closed' : state.failure !== null ? 'failing' : 'tracking';
  return { ...state, state: name, nextDueAt: dueAt(state) };
}

/** A change that does not fit, in the words of a refusal. */
export interface Unfit {
  readonly path: string;
  readonly value: unknown;
  readonly expected: string;
}

/**
 * What is wrong with a rotation, or null. A month belongs to one rotation, and services must know of it before it
 * begins; so it begins with a month that is still to come.
 */
export function rotationFault(state: ImpactState, now: Instant | null, rotate: ImpactRotation): Unfit | null {
  const { rotation, controlGroupSize, from } = rotate;
  const used = state.groups.map((group) => group.rotation);
  // A message may come from any language: types say nothing here.
  if (typeof rotation !== 'string' || !NAME_PATTERN.test(rotation))
    return { path: 'rotate.rotation', value: rotation, expected: `a name: ${NAME_RULE}` };
  if (used.includes(rotation))
    return { path: 'rotate.rotation', value: rotation, expected: `a new name; used are ${used.join(', ')}` };
  if (controlGroupSize !== undefined && !isShare(controlGroupSize))
    return { path: 'rotate.controlGroupSize', value: controlGroupSize, expected: 'a share between 0 and 1' };
  const notice = after(now ?? state.spec.start, ROTATION_NOTICE);
  const last = state.groups.at(-1)?.from ?? state.spec.start;
  const earliest = notice > last ? notice : last;
  const first = monthStart(nextMonth(monthOf(earliest)));
  if (!/^\d{4}-\d{2}-01T00:00:00\.000Z$/.test(String(from)) || from < first)
    return { path: 'rotate.from', value: from, expected: `the first instant of a month, ${first} or later` };
  return null;
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < 1;
}

/** The spec and the control groups after a change that fits. */
export function changed(state: ImpactState, change: ImpactChange): Pick<ImpactState, 'spec' | 'groups'> {
  const { rotate, ...fields } = change;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const spec: ImpactSpec = { ...state.spec, ...Object.fromEntries(given) };
  if (rotate === undefined) return { spec, groups: state.groups };
  const controlGroupSize = rotate.controlGroupSize ?? state.groups.at(-1)!.controlGroupSize;
  return { spec, groups: [...state.groups, { rotation: rotate.rotation, controlGroupSize, from: rotate.from }] };
}
