/**
 * The arrows of the house (docs/architecture.md): which room may import which, type imports included.
 * Each room lists what of ours it may see; anything else of ours is an error.
 */
const arrows = {
  'src/contracts': [],
  'src/schemas': ['src/contracts'],
  'src/domain': ['src/contracts'],
  'src/statistics': ['src/contracts'],
  'src/models': ['src/contracts', 'src/statistics'],
  'src/stores': ['src/contracts', 'src/domain'],
  'src/adapters': ['src/contracts', 'src/schemas'],
  workflows: ['src/contracts', 'src/domain'],
  activities: [
    'src/contracts',
    'src/schemas',
    'src/domain',
    'src/statistics',
    'src/models',
    'src/stores',
    'src/adapters',
  ],
  'src/client': ['src/contracts', 'src/schemas', 'src/domain', 'src/models', 'src/stores'],
  'src/reports': ['src/contracts', 'src/domain', 'src/statistics', 'src/stores'],
  'src/services': [
    'src/contracts',
    'src/schemas',
    'src/domain',
    'src/statistics',
    'src/models',
    'src/stores',
    'src/adapters',
    'src/client',
  ],
};

/** What of the outside each room may import. */
const outside = {
  'src/contracts': ['@temporalio/common', '@temporalio/workflow'],
  'src/schemas': ['zod', 'yaml'],
  'src/domain': [],
  'src/statistics': ['jstat'],
  'src/models': ['node:'],
  'src/stores': ['mongodb', 'node:'],
  'src/adapters': ['dockerode', 'node:'],
  workflows: ['@temporalio/workflow', '@temporalio/common'],
  activities: ['@temporalio/activity', '@temporalio/common', '@temporalio/client', 'node:'],
  'src/client': ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', 'mongodb', 'node:'],
  'src/reports': ['echarts', 'node:'],
  'src/services': ['@openfeature/server-sdk', 'mongodb', 'node:'],
};

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const rooms = Object.entries(arrows).map(([room, allowed]) => ({
  name: `arrows-of-${room.replace('src/', '')}`,
  comment: `${room} may import ${allowed.join(', ') || 'no other room'}`,
  severity: 'error',
  from: { path: `^${escape(room)}/` },
  to: { path: '^(src|workflows|activities|test)/', pathNot: `^(${[room, ...allowed].map(escape).join('|')})/` },
}));

const packages = Object.entries(outside).map(([room, allowed]) => ({
  name: `outside-of-${room.replace('src/', '')}`,
  comment: `${room} may use ${allowed.join(', ') || 'nothing'} from outside`,
  severity: 'error',
  from: { path: `^${escape(room)}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'core'],
    pathNot: [
      ...allowed.filter((name) => name !== 'node:').map((name) => `node_modules/${escape(name)}/`),
      ...(allowed.includes('node:') ? ['^(node:)?[a-z_/]+$'] : []),
    ],
  },
}));

module.exports = {
  forbidden: [
    ...rooms,
    ...packages,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-the-roots',
      comment: 'cli and engines may import anything; nobody imports them',
      severity: 'error',
      from: { pathNot: '^(src/(cli|engines)|test)/' },
      to: { path: '^src/(cli|engines)/' },
    },
    {
      name: 'plugin-requires-workflows-by-path',
      comment: 'the plugin names the workflow module by require.resolve, never by import',
      severity: 'error',
      from: { path: '^src/(plugin|index)' },
      to: { path: '^workflows/' },
    },
    {
      name: 'one-file-imports-jstat',
      severity: 'error',
      from: { pathNot: '^src/statistics/jstat' },
      to: { path: 'node_modules/jstat/' },
    },
    {
      name: 'workflows-reach-nothing-heavy',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: 'node_modules/(mongodb|jstat|zod)/', reachable: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
