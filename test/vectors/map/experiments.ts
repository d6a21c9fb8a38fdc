import { arms } from './experiments-arms';
import { plans } from './experiments-plans';
import type { Mappers } from './mapper';

/** Everything of the experiments family but the sequential looks. */
export const experiments: Mappers = { ...arms, ...plans };
