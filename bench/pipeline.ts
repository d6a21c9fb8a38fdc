/** `npm run bench -- pipeline`: what it costs to read a pipeline, and to run its stages. */
import { chain, history, wide } from './pipelines/runs';
import { reading } from './pipelines/reading';
import type { Suite } from './suite';

/** What is measured of pipelines. */
export const pipelineSuite: Suite = { reading, wide, chain, history };
