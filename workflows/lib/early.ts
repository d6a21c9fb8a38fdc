import type { UpdateDefinition } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';

/**
 * Updates of a workflow that first has to check its spec. One that comes sooner would be refused as unknown; here it
 * waits, and is validated and handled when the workflow is ready.
 */
export class EarlyUpdates {
  private readonly ready = new Map<string, (args: unknown[]) => unknown>();

  /** To be made before the workflow waits for anything. */
  constructor(definitions: readonly { readonly name: string }[]) {
    for (const definition of definitions) {
      setHandler(definition as UpdateDefinition<unknown, unknown[]>, async (...args: unknown[]) => {
        await condition(() => this.ready.has(definition.name));
        return this.ready.get(definition.name)!(args);
      });
    }
  }

  /** Sets the handler; from now on a bad update is refused before it enters the history. */
  set<R, A extends unknown[]>(
    definition: UpdateDefinition<R, A>,
    handler: (...args: A) => R | Promise<R>,
    options: { readonly description?: string; readonly validator?: (...args: A) => void } = {},
  ): void {
    setHandler(definition, handler as never, options as never);
    this.ready.set(definition.name, (args) => {
      options.validator?.(...(args as A));
      return handler(...(args as A));
    });
  }
}
