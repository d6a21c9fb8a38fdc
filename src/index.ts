/** Entry `.`: the plugin for a worker. */
export { LoopwrightPlugin } from './plugin';
export type { LoopwrightPluginOptions, MongoSettings } from './plugin';
export type { Stage, StageContext, Stages, TrainingRows } from './contracts';
