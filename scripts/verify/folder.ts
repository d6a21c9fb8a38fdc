import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banditLog } from './bandit-log';
import { compareNumbers } from './compare';
import type { Compared } from './compare';
import { jobTraining } from './job-training';
import type { Layout } from './layout';
import { snapshots } from './snapshots';
import { readHeader, readTable } from './table';

const LAYOUTS: readonly Layout[] = [banditLog, jobTraining, snapshots];
const ENDING = '.expected.json';

/** What became of one expected file: compared, or skipped as a whole with the reason. */
export type Verified =
  | ({ readonly file: string; readonly status: 'compared'; readonly layout: string } & Compared)
  | { readonly file: string; readonly status: 'skipped'; readonly reason: string };

/**
 * Recomputes what every expected file of a folder says from the data beside it.
 * @throws Error where the folder holds no expected file
 */
export function verifyFolder(folder: string): Verified[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  if (files.length === 0) throw new Error(`${folder} holds no file *${ENDING}`);
  return files.sort().map((file) => verifyFile(folder, file));
}

function verifyFile(folder: string, file: string): Verified {
  const stem = file.slice(0, -ENDING.length);
  const path = ['.csv', '.csv.gz'].map((ending) => join(folder, stem + ending)).find(existsSync);
  if (path === undefined) return { file, status: 'skipped', reason: `no ${stem}.csv or ${stem}.csv.gz is beside it` };
  const header = readHeader(path);
  const layout = LAYOUTS.find(({ columns }) => columns.every((name) => header.includes(name)));
  if (layout === undefined)
    return { file, status: 'skipped', reason: `no layout is known with the columns ${header.join(', ')}` };
  const expected: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const compared = compareNumbers(expected, layout.recompute(readTable(path)));
  if (compared.matched + compared.differ.length === 0)
    return { file, status: 'skipped', reason: `it gives no number that ${layout.name} has` };
  return { file, status: 'compared', layout: layout.name, ...compared };
}
