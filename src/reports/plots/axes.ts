import { COLOURS } from './chart';

type Option = Record<string, unknown>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const label = { color: COLOURS.soft, fontSize: 12, hideOverlap: true };
const line = { lineStyle: { color: COLOURS.line } };
const BASE: Option = { axisLabel: label, axisLine: line, axisTick: line, splitLine: { show: false } };

/** An axis over time. */
export function timeAxis(from: string, to: string): Option {
  const formatter = { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}' };
  return { ...BASE, type: 'time', min: from, max: to, axisLabel: { ...label, formatter } };
}

/** An axis of names; `width` cuts long ones. */
export function categoryAxis(data: readonly string[], name?: string, width?: number): Option {
  const cut = width === undefined ? {} : { width, overflow: 'truncate', hideOverlap: false, interval: 0 };
  return { ...BASE, type: 'category', data: data.map(flat), axisLabel: { ...label, ...cut }, ...titled(name, 34) };
}

/** An axis of numbers that need not begin at zero. */
export function valueAxis(name: string): Option {
  return { ...BASE, type: 'value', scale: true, splitLine: line, axisLine: { show: false }, ...titled(name, 48) };
}

function titled(name: string | undefined, nameGap: number): Option {
  const nameTextStyle = { color: COLOURS.soft, fontSize: 12 };
  return name === undefined ? {} : { name, nameLocation: 'middle', nameGap, nameTextStyle };
}

/** Signs of a legend that keep their shape there. */
export const SIGNS = {
  triangle: 'path://M7 0L14 12H0Z',
  diamond: 'path://M7 0L14 7L7 14L0 7Z',
  interval: 'path://M0 0H10V1.5H5.75V10.5H10V12H0V10.5H4.25V1.5H0Z',
} as const;

/** A legend of the named series, in this order. */
export function legend(data: readonly (string | Option)[], left = 60): Option {
  return {
    top: 2,
    left,
    itemGap: 28,
    itemWidth: 24,
    itemHeight: 12,
    selectedMode: false,
    textStyle: { color: COLOURS.ink, fontSize: 13 },
    data,
  };
}

/** `5 Dec`, on any machine. */
export function shortDay(instant: string): string {
  const date = new Date(instant);
  const month = MONTHS[date.getUTCMonth()];
  return month === undefined ? instant.slice(0, 10) : `${date.getUTCDate()} ${month}`;
}

/** Text from outside on one line: line breaks and control characters would tear a plot. */
export function flat(text: string): string {
  return String(text).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
