import type { DesignState } from '../../src/contracts';

/** The state a designed experiment starts with. */
export function initialDesign(): DesignState {
  return {
    phase: 'draft',
    plan: null,
    start: null,
    end: null,
    coverage: 0,
    step: 0,
    stepAt: null,
    dropped: [],
    epochs: [],
    looks: [],
    lastCheck: null,
    sampleRatioP: 1,
    watermark: null,
    settledThrough: null,
    events: 0,
  };
}
