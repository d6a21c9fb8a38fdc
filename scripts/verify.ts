/** `npm run verify -- DIR`: recomputes the expected numbers of a folder of experiment data with our statistics. */
import { statSync } from 'node:fs';
import { TOLERANCE } from './verify/compare';
import { verifyFolder } from './verify/folder';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error(
    'usage: npm run verify -- DIR\n  DIR  a folder of NAME.expected.json, each beside its NAME.csv or NAME.csv.gz',
  );
  process.exit(2);
}
if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`${folder} is no folder: expected one that holds *.expected.json`);
  process.exit(2);
}

const counts = { matched: 0, differ: 0, skipped: 0 };
for (const found of reports(folder)) {
  if (found.status === 'skipped') {
    console.log(`${found.file}: skipped, ${found.reason}`);
    counts.skipped += 1;
    continue;
  }
  const { file, layout, matched, differ, skipped } = found;
  console.log(`${file} (${layout}): ${matched} matched, ${differ.length} differ, ${skipped.length} skipped`);
  for (const line of differ) console.log(`  ${line}`);
  for (const path of skipped) console.log(`  ${path}: skipped, nothing recomputes it`);
  counts.matched += matched;
  counts.differ += differ.length;
  counts.skipped += skipped.length;
}
console.log(`numbers are held to ${TOLERANCE.relative} of their size, or ${TOLERANCE.absolute}`);
console.log(`${counts.matched} matched, ${counts.differ} differ, ${counts.skipped} skipped`);
process.exitCode = counts.differ > 0 || counts.matched === 0 ? 1 : 0;

/** A folder without such files is told in a line. */
function reports(of: string): ReturnType<typeof verifyFolder> {
  try {
    return verifyFolder(of);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
