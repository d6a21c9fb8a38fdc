/** Every public function shows what it gives, and gives what it shows; so does every page about them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as statistics from '../../src/statistics';
import { differences, examplesOf, examplesOfPage, readExpected, run } from '../support/examples';

const root = join(__dirname, '../..');
const sources = files(join(root, 'src/statistics'), '.ts');
const examples = sources.flatMap((path) =>
  examplesOf(readFileSync(path, 'utf8')).map((example) => ({ ...example, path })),
);
const publicNames = Object.entries(statistics)
  .filter(([, value]) => typeof value === 'function')
  .map(([name]) => name);

function files(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}

test.each(publicNames)('%s has an example', (name) => {
  expect(examples.filter((example) => example.name === name && example.expected !== '')).not.toHaveLength(0);
});

test.each(examples.filter(({ name }) => publicNames.includes(name)).map((example) => [example.name, example]))(
  'example of %s',
  (_name, { code, expected }) => {
    expect(differences(run(code, statistics), readExpected(expected))).toEqual([]);
  },
);

describe.each(files(join(root, 'docs/statistics'), '.md').map((path) => [relative(root, path), path]))(
  '%s',
  (_name, path) => {
    test.each(examplesOfPage(readFileSync(path, 'utf8')).map((example) => [example.expected, example]))(
      '%s',
      (_shown, { code, expected }) => {
        expect(differences(run(code, statistics), readExpected(expected))).toEqual([]);
      },
    );
  },
);
