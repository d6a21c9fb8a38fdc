/**
 * Bundled only: the user's workflows and ours in one module. The plugin points the alias at the user's module.
 * A name that is two different functions is refused: which of them would run would be an accident.
 */
declare const require: (path: string) => Record<string, unknown>;
declare const module: { exports: Record<string, unknown> };

const theirs = require('loopwright-user-workflows');
const ours = require('./index');

for (const name of Object.keys(ours)) {
  if (name in theirs && theirs[name] !== ours[name]) {
    throw new Error(`workflow ${name} is exported by your workflows and by Loopwright: rename yours`);
  }
}

module.exports = { ...theirs, ...ours };
