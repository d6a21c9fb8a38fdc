import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atMost, median } from '../monitors/result';
import type { Result } from '../monitors/result';
import { compileText, declared, noops } from './library';

const GOALS = { sampleMs: 5, largeMs: 100 };
const ROUNDS = 101;

/** From the text to what can be run: parsed, checked, compiled, digested; the engine's compiler works beside it at first. */
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
    const started = performance.now();
    compileText(text, work);
    return performance.now() - started;
  });
  return atMost(work, { value: median(took), unit: 'ms', goal }, took, [
    `${work}: the first of ${ROUNDS} took ${took[0]!.toFixed(1)} ms, the median is shown`,
  ]);
}
