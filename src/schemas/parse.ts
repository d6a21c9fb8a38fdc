import type { z } from 'zod';
import type { PipelineIssue } from '../contracts';

/** One thing that is wrong with a value from outside. */
export interface SchemaIssue {
  /** `monitor.window`; `(root)` for the value itself. */
  readonly path: string;
  /** The offending value as short JSON. */
  readonly value: string;
  /** What would be accepted. */
  readonly expected: string;
  /** The kind of fault, e.g. `unrecognized_keys`. */
  readonly code: string;
}

/** A value from outside that was refused; the message names every path, value and what is accepted. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly what: string;
  readonly issues: readonly SchemaIssue[];

  constructor(what: string, issues: readonly SchemaIssue[]) {
    super(`${what}: ${issues.map((issue) => `${issue.path} is ${issue.value}: ${issue.expected}`).join('; ')}`);
    this.what = what;
    this.issues = issues;
  }
}

/**
 * Checks a value from outside.
 * @param what names the value in the error, e.g. `monitor spec`
 * @throws SchemaError
 */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SchemaError(
    what,
    result.error.issues.map((issue) => describeIssue(issue, value)),
  );
}

/** The first thing wrong with a value, or null. Cheaper to read than an exception where many rows are checked. */
export function firstIssue(schema: z.ZodType, value: unknown): SchemaIssue | null {
  const result = schema.safeParse(value);
  const issue = result.success ? undefined : result.error.issues[0];
  return issue ? describeIssue(issue, value) : null;
}

function describeIssue(issue: z.core.$ZodIssue, root: unknown): SchemaIssue {
  const path = issue.path.map(String).join('.') || '(root)';
  if (issue.code === 'unrecognized_keys') {
    const prefix = path === '(root)' ? '' : `${path}.`;
    return {
      path: `${prefix}${issue.keys[0]}`,
      value: 'not a known field',
      expected: 'remove it or correct its name',
      code: issue.code,
    };
  }
  return { path, value: shorten(valueAt(root, issue.path)), expected: issue.message, code: issue.code };
}

/** What a check of ours refuses, told as a schema tells it. */
export function problem(path: string, value: unknown, expected: string): SchemaIssue {
  return { path, value: shorten(value), expected, code: 'custom' };
}

/** The same of what a compiler found in a declaration. */
export function problemsIn(root: unknown, issues: readonly PipelineIssue[]): SchemaIssue[] {
  return issues.map(({ path, expected }) => problem(path.join('.') || '(root)', valueAt(root, path), expected));
}

/** A rule over several fields is told with the field it names, not with all of them. */
function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value == null ? undefined : Reflect.get(Object(value) as object, key)), root);
}

/** A value as JSON of at most 80 characters. */
export function shorten(value: unknown): string {
  const json = value === undefined ? 'missing' : safeJson(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

function safeJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
