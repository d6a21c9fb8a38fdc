import { describe } from './map/describe';
import { distributions } from './map/distributions';
import { drift } from './map/drift';
import { experiments } from './map/experiments';
import type { Mappers } from './map/mapper';
import { performance } from './map/performance';
import { sequential } from './map/sequential';

/** Every `fn` of the reference files as a call of ours, and our answer by the reference's keys. */
export const map: Mappers = {
  ...distributions,
  ...describe,
  ...drift,
  ...performance,
  ...experiments,
  ...sequential,
};
