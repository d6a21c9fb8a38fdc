// Checks docker-compose.yml against the compose schema (PyPI check-jsonschema vendors it) and what a schema cannot see.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '0.37.1';
const file = process.argv[2] ?? 'docker-compose.yml';
const cache = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'loopwright',
  `check-jsonschema-${VERSION}`,
);
const python = (...args) =>
  execFileSync('python3', args, {
    env: { ...process.env, PYTHONPATH: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });

try {
  if (!existsSync(join(cache, 'check_jsonschema'))) {
    mkdirSync(cache, { recursive: true });
    python(
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--target',
      cache,
      `check-jsonschema==${VERSION}`,
    );
  }
  python('-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec', file);
} catch (error) {
  const reason =
    error.code === 'ENOENT'
      ? 'python3 is not on the PATH: install Python 3 with pip'
      : `${error.stdout}${error.stderr}`;
  console.error(`${file} was not accepted:\n${reason}`);
  process.exit(1);
}

const parse = 'import json,sys,ruamel.yaml; print(json.dumps(ruamel.yaml.YAML(typ="safe").load(open(sys.argv[1]))))';
const { services } = JSON.parse(python('-c', parse, file));
const faults = [];
for (const [name, service] of Object.entries(services)) {
  for (const needed of Object.keys(service.depends_on ?? {})) {
    if (!(needed in services)) faults.push(`${name} depends on ${needed}, which is not there`);
    const { condition } = service.depends_on[needed];
    if (condition === 'service_healthy' && !services[needed]?.healthcheck)
      faults.push(`${name} waits for ${needed}, which has no health check`);
  }
  const once = String(service.restart).startsWith('on-failure');
  if (!once && !service.healthcheck) faults.push(`${name} runs for long and has no health check`);
  for (const port of service.ports ?? [])
    if (!String(port).startsWith('127.0.0.1:')) faults.push(`${name} listens beyond loopback: ${port}`);
}
if (services.worker?.container_name || services.worker?.ports)
  faults.push('worker has a name or a port of its own and cannot scale');
if (faults.length > 0) {
  console.error(`${file}:\n${faults.join('\n')}`);
  process.exit(1);
}
