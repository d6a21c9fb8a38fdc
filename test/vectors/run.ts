import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mismatches } from './compare';
import { edge } from './edge';
import { map } from './map';
import { seed } from './seed';

/** A case of a reference file. */
export interface ReferenceCase {
  readonly name: string;
  readonly fn?: string;
  /** One of the seed's systems; such a case names a function of that system. */
  readonly system?: string;
  readonly input?: any;
  readonly args?: any;
  readonly expected?: unknown;
  /** In words, for a case without numbers. */
  readonly required?: string;
  readonly tolerance?: { readonly rel: number; readonly abs: number };
}

/** What became of a case: what is wrong in words, or why it was not asked. */
export type Outcome =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly problems: readonly string[] }
  | { readonly status: 'skipped'; readonly reason: string };

/** The cases of every reference file in a folder. */
export function casesIn(folder: string): { readonly file: string; readonly entry: ReferenceCase }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  if (files.length === 0) throw new Error(`${folder} holds no .json file`);
  return files.sort().flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases?: ReferenceCase[] };
    if (!Array.isArray(cases)) throw new Error(`${join(folder, file)} has no list "cases"`);
    return cases.map((entry) => ({ file, entry }));
  });
}

/** Asks our functions what a case asks, and compares. A call that throws has failed, an unknown `fn` too. */
export function judge(entry: ReferenceCase): Outcome {
  try {
    if (entry.required !== undefined) return judgeEdge(entry);
    if (entry.system !== undefined && !((entry.system ?? '') in seed))
      return { status: 'skipped', reason: `${entry.system} is not built yet` };
    const mapper = entry.system === undefined ? map[entry.fn ?? ''] : seed[entry.system]![entry.fn ?? ''];
    if (mapper === undefined && entry.system !== undefined)
      return { status: 'skipped', reason: `${entry.system}.${entry.fn} is not built yet` };
    if (mapper === undefined) return { status: 'failed', problems: [`no function is known as ${entry.fn}`] };
    const found = mapper(entry.input ?? {}, entry.args ?? {}, entry.expected);
    const problems = mismatches(found, entry.expected, entry.tolerance ?? { rel: 1e-9, abs: 1e-12 }, entry.fn!);
    return problems.length === 0 ? { status: 'passed' } : { status: 'failed', problems };
  } catch (error) {
    return { status: 'failed', problems: [String(error)] };
  }
}

/** A case that tells behaviour in words has an assertion of its own, by its name. */
function judgeEdge({ name, input }: ReferenceCase): Outcome {
  const assertion = edge[name];
  if (assertion === undefined) return { status: 'failed', problems: [`no assertion is written for "${name}"`] };
  assertion(input);
  return { status: 'passed' };
}
