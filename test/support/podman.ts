import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import type { PipelineSettings } from '../../src/contracts';
import { IMAGES, PATHS } from './recommendation';

/** The image of busybox alone that `importBusybox` makes; its entry point is `/bin/sh -c`. */
export const BUSYBOX = 'local/stage:v1';

const SCRIPT = resolve(__dirname, '../../examples/pipelines/recommendation.sh');
/** Of the pipeline that ships; a worker maps repositories, but a container has a tag. */
const TAGS: Readonly<Record<keyof typeof IMAGES, string>> = {
  'data-extractor': 'v1.2.0',
  'feature-engineer': 'v2.1.0',
  'model-trainer': 'v1.5.0',
  'model-validator': 'v1.0.0',
};

/** The socket of a Docker or Podman for tests, or null after saying why there is none. */
export function dockerSocket(): string | null {
  const socketPath = process.env.LOOPWRIGHT_TEST_DOCKER;
  if (socketPath !== undefined && socketPath !== '') return socketPath;
  process.stdout.write('no containers are run: LOOPWRIGHT_TEST_DOCKER is not set; see scripts/podman.sh\n');
  return null;
}

/** Makes the image of busybox alone; no registry is asked. */
export async function importBusybox(docker: Docker): Promise<void> {
  await importImage(docker, BUSYBOX, ['/bin/sh', '-c']);
}

/** The four images of the pipeline that ships, each with its script; and how a worker carries them out. */
export async function recommendationImages(
  socketPath: string,
): Promise<Required<Pick<PipelineSettings, 'executors' | 'paths'>>> {
  const docker = new Docker({ socketPath });
  const names = Object.keys(IMAGES) as (keyof typeof IMAGES)[];
  for (const name of names)
    await importImage(docker, `${name}:${TAGS[name]}`, ['/bin/sh', '/recommendation.sh', IMAGES[name]], SCRIPT);
  return { executors: Object.fromEntries(names.map((name) => [name, { kind: 'docker' }])), paths: PATHS };
}

/** Debian's `busybox-static` is one program without libraries: all that a shell script needs. */
async function importImage(docker: Docker, image: string, entrypoint: readonly string[], script?: string) {
  const root = mkdtempSync(join(tmpdir(), 'loopwright-image-'));
  try {
    for (const folder of ['bin', 'tmp', 'loopwright']) mkdirSync(join(root, folder));
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
    for (const applet of applets) if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    if (script !== undefined) copyFileSync(script, join(root, 'recommendation.sh'));
    const tar = execFileSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: 2 ** 26 });
    const [repo = '', tag = ''] = image.split(':');
    const changes = [`ENTRYPOINT ${JSON.stringify(entrypoint)}`];
    const progress = await docker.importImage(Readable.from([tar]), { repo, changes });
    for await (const _line of progress as AsyncIterable<Buffer>);
    // Podman takes no tag as it imports.
    await docker.getImage(`${repo}:latest`).tag({ repo, tag });
  } finally {
    rmSync(root, { recursive: true });
  }
}
