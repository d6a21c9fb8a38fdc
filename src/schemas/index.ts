/** zod for everything that comes from outside; types are checked against contracts. */
export * from './alert';
export * from './alert-sinks';
export * from './backtest';
export * from './batches';
export * from './deployment';
export * from './drift';
export * from './erasure';
export * from './experiment';
export * from './ingestion';
export * from './monitoring';
export * from './parse';
export { instant, targetSchema } from './primitives';
export * from './registry';
export * from './retraining';
export * from './rollout';
export * from './scenario';
export * from './summary';
