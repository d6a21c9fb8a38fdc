import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Files from '../../src/cli/pipelines-file';

/** npm runs scripts where the package lies. */
const load = createRequire(join(process.cwd(), 'package.json'));

/** The compiled code that the package ships; `npm run bench` builds it first. */
export const { compileText } = load('./lib/src/cli/pipelines-file') as typeof Files;

/** Stages that do nothing. @param needs the stage that each waits for, if any */
export function noops(count: number, needs: (k: number) => string | null) {
  return Array.from({ length: count }, (_, k) => {
    const need = needs(k);
    return { name: `s${k}`, image: 'noop:v1', ...(need === null ? {} : { dependsOn: [need] }) };
  });
}

/** A declaration of such stages. */
export function declared(name: string, stages: readonly object[], parallelism: number) {
  return { apiVersion: 'ml/v1', kind: 'MLPipeline', metadata: { name }, spec: { parallelism, stages } };
}
