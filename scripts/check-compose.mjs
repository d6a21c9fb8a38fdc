// Checks docker-compose.yml against the compose schema (PyPI check-jsonschema vendors it) and what a schema cannot see.
//   node scripts/check-compose.mjs [FILE]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const VERSION = '0.37.1';
const file = process.argv[2] ?? 'docker-compose.yml';
const cache = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'loopwright',
  `check-jsonschema-${VERSION}`,
);

/** Prints and ends. */
function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

function python(...args) {
  const run = spawnSync('python3', args, {
    env: { ...process.env, PYTHONPATH: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (run.error?.code === 'ENOENT')
    fail('checking docker-compose.yml needs python3 on the PATH: install Python 3.9 or later, with pip');
  if (run.error) throw run.error;
  return { code: run.status ?? 1, stdout: run.stdout, output: `${run.stdout}${run.stderr}` };
}

/** Into a folder of its own first: an install that was cut off must not look like a cache. */
function install() {
  mkdirSync(dirname(cache), { recursive: true });
  const fresh = mkdtempSync(`${cache}-`);
  const { code, output } = python(
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', fresh],
    `check-jsonschema==${VERSION}`,
  );
  if (code !== 0) {
    rmSync(fresh, { recursive: true });
    fail(`check-jsonschema ${VERSION} could not be installed by pip:\n${output}`, code);
  }
  rmSync(cache, { recursive: true, force: true });
  renameSync(fresh, cache);
}

const check = () => python('-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec', file);

if (!existsSync(cache)) install();
let checked = check();
// Its compiled parts belong to one version of Python.
if (/\b(ModuleNotFoundError|ImportError|No module named)\b/.test(checked.output)) {
  install();
  checked = check();
}
if (checked.code !== 0) fail(`${file} was not accepted:\n${checked.output}`, checked.code);

const parse = 'import json,sys,ruamel.yaml; print(json.dumps(ruamel.yaml.YAML(typ="safe").load(open(sys.argv[1]))))';
const parsed = python('-c', parse, file);
if (parsed.code !== 0) fail(`${file} cannot be read:\n${parsed.output}`, parsed.code);
const { services = {}, volumes = {} } = JSON.parse(parsed.stdout);
const has = (object, key) => Object.hasOwn(object ?? {}, key);

const CONDITIONS = {
  service_healthy: ({ healthcheck }) => (healthcheck ? null : 'has no health check'),
  service_completed_successfully: (service) => (runsOnce(service) ? null : 'never ends'),
};

/** A service that ends is one that is not started again after a success. */
function runsOnce({ restart = 'no' }) {
  return restart === 'no' || String(restart).startsWith('on-failure');
}

/** What is wrong with a service that the schema lets pass. */
function* faultsOf(name, service) {
  const needs = service.depends_on ?? {};
  const list = Array.isArray(needs) ? needs.map((needed) => [needed, {}]) : Object.entries(needs);
  for (const [needed, { condition }] of list) {
    if (!has(services, needed)) yield `depends on ${needed}, which is not there`;
    else {
      const why = CONDITIONS[condition]?.(services[needed]);
      if (why) yield `waits for ${needed} (${condition}), which ${why}`;
    }
  }
  if (!runsOnce(service) && (!service.healthcheck || service.healthcheck.disable))
    yield 'runs for long and has no health check';
  for (const port of service.ports ?? []) {
    const address = typeof port === 'object' ? port.host_ip : String(port).replace(/:[^:]*:[^:]*$/, '');
    if (address !== '127.0.0.1') yield `listens beyond loopback: ${typeof port === 'object' ? port.published : port}`;
  }
  if (!service.build && !/(:[^/:]*\d[^/:]*|@sha256:[0-9a-f]{64})$/.test(service.image ?? ''))
    yield `has an image without a pinned version: ${service.image}`;
  for (const mount of service.volumes ?? []) {
    const source = typeof mount === 'object' ? mount.source : String(mount).split(':')[0];
    if (/^\w/.test(source) && !has(volumes, source)) yield `mounts the volume ${source}, which is not declared`;
  }
}

const faults = Object.entries(services).flatMap(([name, service]) =>
  [...faultsOf(name, service)].map((fault) => `${name} ${fault}`),
);

const { worker } = services;
if (!worker) faults.push('there is no worker');
else if (worker.container_name || worker.ports) faults.push('worker has a name or a port of its own and cannot scale');

// What the workflows set must be registered, or they run without it; a name without a type of its own is left out.
const contract = readFileSync(new URL('../src/contracts/search-attributes.ts', import.meta.url), 'utf8');
const registered = Object.values(services)
  .flatMap(({ command }) => command ?? [])
  .join(' ');
for (const name of new Set(contract.match(/\bLoopwright\w+/g)))
  if (!new RegExp(`--name[= ]${name}\\s+--type[= ]Keyword\\b`).test(registered))
    faults.push(`nobody registers the search attribute ${name}`);

if (faults.length > 0) fail(`${file}:\n${faults.join('\n')}`);
