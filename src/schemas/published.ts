import { z } from 'zod';
import { scenarioSchema } from './scenario';
import { summarySchema } from './summary';

/** The JSON Schemas that are published in `schemas/`, by file name. */
export function publishedSchemas(): Record<string, unknown> {
  return {
    'scenario-v1.json': z.toJSONSchema(scenarioSchema, { io: 'input' }),
    'summary-v1.json': z.toJSONSchema(summarySchema),
  };
}
