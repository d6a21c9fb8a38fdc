/** Entry `.`: the plugin for a worker. */
export { LoopwrightPlugin } from './plugin';
export type { LoopwrightPluginOptions, MongoSettings } from './plugin';
export type { AlertNotification, AlertSink, Stage, StageContext, Stages, TrainingRows } from './contracts';
export type { AlertSettings, AlertSinkSettings, AllowedHost } from './schemas';
