/** HTML reports: data in, page out; plots are drawn when the page is built. */
export { renderReplayReport } from './replay';
export { renderBacktestReport } from './backtest';
export { renderImpactReport } from './impact';
export { experimentReport } from './experiment-report';
export type { ExperimentStory } from './experiment-report';
