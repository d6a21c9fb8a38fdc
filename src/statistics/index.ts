/** Entry `./statistics`: pure functions on plain or typed arrays and on sufficient statistics. */
export * from './alpha-spending';
export * from './kolmogorov-smirnov';
export * from './normal';
export * from './performance';
export * from './proportions';
export * from './sample-ratio';
export * from './sample-size';
