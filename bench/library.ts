import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Random from '../src/cli/random';
import type * as Statistics from '../src/statistics';

const load = createRequire(__filename);
/** npm runs scripts where the package lies. */
const lib = join(process.cwd(), 'lib/src');

/** The compiled code that the package ships; `npm run bench` builds it first. */
export const statistics = load(join(lib, 'statistics')) as typeof Statistics;

/** Uniform in [0, 1), seeded. */
export const { seeded } = load(join(lib, 'cli/random')) as typeof Random;
