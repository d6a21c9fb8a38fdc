/** Entry `./workflows`: what the worker registers. Named exports only, prefixed so that no user's name clashes. */
export { deployModel as 'loopwright.deployModel' } from './deploy-model';
export { monitorModel as 'loopwright.monitorModel' } from './monitor-model';
export { recordOutcomes as 'loopwright.recordOutcomes' } from './record-outcomes';
export { recordPredictions as 'loopwright.recordPredictions' } from './record-predictions';
export { retrainModel as 'loopwright.retrainModel' } from './retrain-model';
export { runExperiment as 'loopwright.runExperiment' } from './run-experiment';
export { runPipeline as 'loopwright.runPipeline' } from './run-pipeline';
export { trackImpact as 'loopwright.trackImpact' } from './track-impact';
