/** A process of its own that reads texts, one of each line of JSON, and says what became of each and how long it took. */
import { createInterface } from 'node:readline';
import { fateOf } from './pipelines';

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { cpu, fate } = measured(() => fateOf(JSON.parse(line) as string));
  process.stdout.write(`${JSON.stringify({ fate, cpu })}\n`);
});

function measured(work: () => string): { fate: string; cpu: number } {
  const before = process.cpuUsage();
  let fate: string;
  try {
    fate = work();
  } catch (error) {
    fate = `fault: ${String(error)}`;
  }
  const { user, system } = process.cpuUsage(before);
  return { fate, cpu: (user + system) / 1_000 };
}
