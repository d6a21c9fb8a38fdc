/** Entry `./contracts`: what both sides of a workflow agree on. Types, names and message definitions only. */
export * from './activities';
export * from './alert';
export * from './constants';
export * from './deployment';
export * from './experiment';
export * from './failures';
export * from './ids';
export * from './ingestion';
export * from './metrics';
export * from './model';
export * from './monitoring';
export * from './retraining';
export * from './scenario';
export * from './search-attributes';
export * from './specs';
export * from './time';
export * from './workflows';
