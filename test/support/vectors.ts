import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A reference case: what an established library computes. */
export interface VectorCase {
  readonly name: string;
  readonly fn: string;
  readonly input: Record<string, any>;
  readonly args: Record<string, any>;
  readonly expected: Record<string, any>;
  readonly tolerance: { readonly rel: number; readonly abs: number };
}

/** The cases of a file for one function, as `test.each` takes them. */
export function casesOf(file: string, fn: string): [string, VectorCase][] {
  const path = join(__dirname, `../vectors/${file}.json`);
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: VectorCase[] };
  return cases.filter((entry) => entry.fn === fn).map((entry) => [entry.name, entry]);
}

/** Holds two numbers against each other at a case's tolerance. */
export function expectClose(found: number, expected: number, { tolerance }: Pick<VectorCase, 'tolerance'>): void {
  const slack = Math.max(tolerance.abs, tolerance.rel * Math.abs(expected));
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(slack);
}
