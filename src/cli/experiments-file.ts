import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ExperimentDesign } from '../contracts';
import { experimentDesignSchema, instant, parseWith } from '../schemas';
import { parseYamlWith } from '../schemas/yaml';

/**
 * Reads a design from YAML or JSON.
 * @param start in place of the file's: an instant, or `now`
 * @throws Error, YamlError or SchemaError naming the file, line and column, the path, the value and what is accepted
 */
export async function readDesign(file: string, start?: string): Promise<ExperimentDesign> {
  const at = start === undefined || start === 'now' ? start : parseWith(instant, start, '--start');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  });
  const begun = z.preprocess((value) => startingAt(value, at), experimentDesignSchema);
  const design = parseYamlWith(begun, text, file);
  if (start === 'now' && design.clock === 'data') {
    throw new Error(`--start is "now": expected an instant of the data, ${design.id} is on the data clock`);
  }
  return design;
}

/** Before it is checked: an `end` of the file needs a start after all. */
function startingAt(value: unknown, start: string | undefined): unknown {
  if (start === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return { ...value, start: start === 'now' ? new Date().toISOString() : start };
}
