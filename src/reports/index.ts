/** HTML reports: data in, page out; plots are drawn when the page is built. */
export { renderReplayReport } from './replay';
export { renderBacktestReport } from './backtest';
