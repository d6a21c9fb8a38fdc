/** The page about assignment gives what it shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assignVariant } from '../../src/domain/assignment';
import { isEligible } from '../../src/domain/eligibility';
import { inNamespace, isHeldOut } from '../../src/domain/exclusion';
import { hashUnit } from '../../src/domain/hash';
import { differences, examplesOfPage, readExpected, run } from '../support/examples';

const page = readFileSync(join(__dirname, '../../docs/guides/assignment.md'), 'utf8');
const scope = { assignVariant, hashUnit, inNamespace, isEligible, isHeldOut };

test.each(examplesOfPage(page).map((example) => [example.code.trim().split('\n').at(-1)!, example]))(
  '%s',
  (_line, { code, expected }) => {
    expect(differences(run(code, scope), readExpected(expected))).toEqual([]);
  },
);

test('the page has examples', () => {
  expect(examplesOfPage(page).length).toBeGreaterThanOrEqual(9);
});
