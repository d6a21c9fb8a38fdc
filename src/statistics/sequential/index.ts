export { spendingBounds } from './alpha-spending';
export type { SpendingBound, SpendingLook, SpendingPlan } from './alpha-spending';
export { alwaysValidCompare } from './always-valid';
export type { AlwaysValidOptions, AlwaysValidResult } from './always-valid';
export * from './group-sequential';
export * from './guardrail-breach';
export * from './mixture-ratio';
export type { Spending } from './spending';
