/** Entry `./statistics`: pure functions on plain or typed arrays and on sufficient statistics. */
export type * from './result';
export * from './distributions';
export * from './describe';
export * from './drift';
export * from './performance';
export * from './experiments';
export * from './sequential';
