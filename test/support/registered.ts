import type { ModelVersion } from '../../src/contracts';
import { encodeModel, trainLogisticRegression } from '../../src/models';
import type { TestLoop } from './environment';

/** Registers a small model of one feature; another key gives another artifact. */
export function registerModel(loop: TestLoop, model: string, key: string): Promise<ModelVersion> {
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9 + Number(key) / 100]);
  const trained = trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] });
  return loop.client.models.register({ model, key, artifact: encodeModel(trained) });
}
