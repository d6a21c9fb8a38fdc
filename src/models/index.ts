/** Model formats, scoring and trainers; pure. */
export * from './logistic-regression';
export * from './model';
export * from './stage';
