import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A path so long is drawn up: with one more name, of 255 bytes at most, it is still one that the system takes. */
const LONG = 2_000;

/** Removes a folder of a stage, whatever the stage has made of it; what another user owns may stay. */
export async function removeFolder(folder: string): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await remove().catch(async () => {
    await openUp(folder);
    await remove().catch(() => undefined);
  });
}

/** Makes all of it readable, and brings up what lies too deep for a path. */
async function openUp(folder: string): Promise<void> {
  const folders = [folder];
  let drawn = 0;
  await chmod(folder, 0o700).catch(() => undefined);
  // Grows while it is gone through.
  for (const each of folders) {
    const entries = await readdir(each, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const below = join(each, entry.name);
      await chmod(below, 0o700).catch(() => undefined);
      const up = Buffer.byteLength(below) > LONG ? join(folder, `deep-${(drawn += 1)}`) : below;
      if (up !== below) await rename(below, up).catch(() => undefined);
      folders.push(up);
    }
  }
}
