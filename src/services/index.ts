/** Entry `./services`: what a service embeds to take part in experiments. */
export { ExperimentAssigner } from './experiment-assigner';
export type { AssignerOptions, AssignerParts, AssignOptions, ConnectAssigner, Exposable } from './experiment-assigner';
export type { ExposureSink } from './exposure-log';
export type { ExperimentsListener, ExperimentSource } from './known-experiments';
export { createOpenFeatureProvider } from './open-feature';
export type { OpenFeatureOptions } from './open-feature';
export type { EventSink } from './open-feature-tracking';
export type { StickySource } from './sticky-variants';
export { UnknownExperimentError } from './unknown-experiment';
