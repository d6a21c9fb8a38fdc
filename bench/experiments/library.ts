import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Analyses from '../../activities/experiment-analysis';
import type * as Assignments from '../../src/domain/assignment';
import type * as Impacts from '../../src/domain/impact';
import type * as Schemas from '../../src/schemas';

/** npm runs scripts where the package lies. */
const load = createRequire(join(process.cwd(), 'package.json'));

/** The compiled code that the package ships; `npm run bench` builds it first. */
export const { analyseSums } = load('./lib/activities/experiment-analysis') as typeof Analyses;
export const { assign } = load('./lib/src/domain/assignment') as typeof Assignments;
export const { groupAt } = load('./lib/src/domain/impact') as typeof Impacts;
export const { experimentDesignSchema } = load('./lib/src/schemas') as typeof Schemas;
