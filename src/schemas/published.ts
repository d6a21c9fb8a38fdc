import { z } from 'zod';
import { backtestPolicySchema, backtestResultSchema } from './backtest';
import { experimentDesignSchema } from './experiment-design';
import { pipelineSchema } from './pipeline';
import { scenarioSchema } from './scenario';
import { summarySchema } from './summary';

/** The JSON Schemas that are published in `schemas/`, by file name. */
export function publishedSchemas(): Record<string, unknown> {
  return {
    'backtest-policy-v1.json': z.toJSONSchema(backtestPolicySchema, { io: 'input' }),
    'backtest-v1.json': z.toJSONSchema(backtestResultSchema),
    'experiment-design-v1.json': z.toJSONSchema(experimentDesignSchema, { io: 'input' }),
    'ml-v1.json': z.toJSONSchema(pipelineSchema, { io: 'input' }),
    'scenario-v1.json': z.toJSONSchema(scenarioSchema, { io: 'input' }),
    'summary-v1.json': z.toJSONSchema(summarySchema),
  };
}
