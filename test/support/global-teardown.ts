import type { RunningEngines } from './global-setup';

export default async function globalTeardown(): Promise<void> {
  const running = Reflect.get(globalThis, 'loopwrightEngines') as RunningEngines | undefined;
  await running?.removeBundle();
  await running?.engines.stop();
}
