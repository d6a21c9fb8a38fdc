/** `npm run calibration`: simulates the false-alarm rates, writes docs/calibration.md, fails where one is too high. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withSection } from './document';
import { failuresOf } from './part';
import { PARTS, partOf } from './parts';
import { rowsOf } from './run';

const USAGE = `npm run calibration -- [options]
  --part NAME       one section: ${PARTS.map((part) => part.name).join(', ')}; all unless given
  --small           few repetitions, nothing written unless --out is given: for CI
  --repetitions N   instead of each part's own
  --workers N       threads; one a core unless given
  --python EXE      with Evidently installed: its defaults beside ours
  --out DIR         where calibration.md is written; docs unless given`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string' },
      small: { type: 'boolean', default: false },
      repetitions: { type: 'string' },
      workers: { type: 'string' },
      python: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const parts = values.part === undefined ? PARTS : [partOf(values.part)];
  const repetitions = values.repetitions === undefined ? null : count('repetitions', values.repetitions);
  const workers = values.workers === undefined ? availableParallelism() : count('workers', values.workers);
  const out = values.out ?? (values.small ? null : join(__dirname, '../../docs'));
  const failures: string[] = [];
  for (const part of parts) {
    const start = performance.now();
    const peers = values.python === undefined ? [] : (part.peer?.(values.python, values.small) ?? []);
    const rows = [...(await rowsOf(part, { small: values.small, repetitions, workers })), ...peers];
    const section = part.render(rows);
    console.log(section);
    console.log(`${part.name}: ${((performance.now() - start) / 1_000).toFixed(1)} s\n`);
    failures.push(...failuresOf(part, rows));
    if (out !== null) write(out, part.name, section);
  }
  for (const failure of failures) console.error(failure);
  console.log(failures.length === 0 ? 'every rate within its limit' : `${failures.length} outside their limits`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} is ${text}: expected a whole number from 1 on`);
  return value;
}

function write(folder: string, name: string, section: string): void {
  const path = join(folder, 'calibration.md');
  mkdirSync(folder, { recursive: true });
  const page = existsSync(path) ? readFileSync(path, 'utf8') : null;
  writeFileSync(path, withSection(page, name, section));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
