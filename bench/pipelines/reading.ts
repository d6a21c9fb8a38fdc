import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atMost, median } from '../monitors/result';
import type { Result } from '../monitors/result';
import { compileText, declared, noops } from './library';

const GOALS = { sampleMs: 5, largeMs: 100 };
const ROUNDS = 21;

/** From the text to what can be run: parsed, checked, compiled, digested. CPU time, for other work does not slow it. */
export function reading(): Promise<Result[]> {
  const sample = readFileSync(join(process.cwd(), 'examples/pipelines/recommendation-pipeline.yaml'), 'utf8');
  // Each stage needs the one half as far: a tree of nine levels.
  const stages = noops(500, (k) => (k === 0 ? null : `s${k >> 1}`));
  const large = JSON.stringify(declared('large', stages, 50));
  return Promise.resolve([
    figure('the pipeline that ships, from text to plan', sample, GOALS.sampleMs),
    figure('500 stages, from text to plan', large, GOALS.largeMs),
  ]);
}

function figure(work: string, text: string, goal: number): Result {
  const took = Array.from({ length: ROUNDS }, () => {
    const started = process.cpuUsage();
    compileText(text, work);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000;
  });
  return atMost(work, { value: median(took), unit: 'ms of CPU', goal }, took, [
    `${work}: the first of ${ROUNDS} took ${took[0]!.toFixed(1)} ms of CPU, the median is shown`,
  ]);
}
