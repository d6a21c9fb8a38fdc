import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Watches from '../../src/client/serving-watch';
import type * as Contracts from '../../src/contracts';
import type * as Models from '../../src/models';

/** npm runs scripts where the package lies. */
const load = createRequire(join(process.cwd(), 'package.json'));

/** The compiled code that the package ships; `npm run bench` builds it first. */
export const { ServingWatch } = load('./lib/src/client/serving-watch') as typeof Watches;
export const { promoteUpdate, UNDECIDED_UPDATES, workflowIds } = load('./lib/src/contracts') as typeof Contracts;
export const { encodeModel, trainLogisticRegression } = load('./lib/src/models') as typeof Models;
