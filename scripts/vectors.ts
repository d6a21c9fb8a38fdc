/** `npm run vectors -- DIR [FN]`: holds our statistics against every reference file in a folder. */
import { statSync } from 'node:fs';
import { casesIn, judge } from '../test/vectors/run';

const [folder, only, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error(
    'usage: npm run vectors -- DIR [FN]\n  DIR  a folder of reference files, such as test/vectors\n  FN   only the cases of this function',
  );
  process.exit(2);
}
if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`${folder} is no folder: expected one that holds reference files (*.json)`);
  process.exit(2);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
const reasons = new Set<string>();
for (const { file, entry } of casesIn(folder)) {
  if (only !== undefined && entry.fn !== only) continue;
  const outcome = judge(entry);
  counts[outcome.status] += 1;
  if (outcome.status === 'skipped') reasons.add(outcome.reason);
  if (outcome.status !== 'failed') continue;
  console.log(`${file}: ${entry.fn ?? ''} "${entry.name}"`);
  for (const problem of outcome.problems.slice(0, 10)) console.log(`  ${problem}`);
}
for (const reason of reasons) console.log(`skipped: ${reason}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed + counts.skipped === 0 ? 1 : 0;
