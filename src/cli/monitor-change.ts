import { readFileSync } from 'node:fs';
import { CHANGEABLE } from '../contracts';
import type { MonitorChange, MonitorSpec } from '../contracts';

/** A setting that is no path=value, or a file that is no object. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';
}

/**
 * The change that settings such as `drift.floor=0.5` ask for. A monitor replaces what it is given whole, so what a
 * path leaves out is taken from the spec. Values are JSON; what is no JSON is text.
 * @throws ChangeError
 */
export function changeOf(spec: MonitorSpec, settings: readonly string[], file: string | undefined): MonitorChange {
  const given = file === undefined ? {} : readChange(file);
  return settings.reduce<Record<string, unknown>>((change, setting) => {
    const [path, value] = split(setting);
    const [name = '', ...rest] = path.split('.');
    if (!(CHANGEABLE as readonly string[]).includes(name)) {
      throw new ChangeError(`${path} is not to be changed: expected one of ${CHANGEABLE.join(', ')}`);
    }
    const before: unknown = Object.hasOwn(change, name) ? change[name] : Reflect.get(spec, name);
    return { ...change, [name]: withValue(before, rest, value, name) };
  }, given);
}

function readChange(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new ChangeError(`${file} is no JSON object, such as {"consecutive": 3}`);
}

function split(setting: string): [string, unknown] {
  const at = setting.indexOf('=');
  if (at < 1)
    throw new ChangeError(`--set is ${JSON.stringify(setting)}: expected path=value, such as drift.floor=0.5`);
  const text = setting.slice(at + 1);
  try {
    return [setting.slice(0, at), JSON.parse(text) as unknown];
  } catch {
    return [setting.slice(0, at), text];
  }
}

function withValue(before: unknown, path: readonly string[], value: unknown, prefix: string): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (before !== undefined && !isRecord(before)) {
    throw new ChangeError(`${prefix} is ${JSON.stringify(before)}: it has no ${name}; give it whole`);
  }
  // A computed name defines a field, also one called __proto__.
  const inner = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
  return { ...before, [name]: withValue(inner, rest, value, `${prefix}.${name}`) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
