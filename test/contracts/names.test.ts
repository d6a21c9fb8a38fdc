import {
  EXPERIMENT_ID_PATTERN,
  experimentId,
  NAME_PATTERN,
  registrationCommand,
  versionName,
  WORKFLOW_DETAILS,
  WORKFLOW_NAMES,
  workflowIds,
} from '../../src/contracts';
import { literal } from '../../src/client/visibility';
import * as workflows from '../../workflows';

const target = { model: 'bike', environment: 'production' };

test('ids are built here and nowhere else', () => {
  expect(workflowIds.monitor(target)).toBe('monitor:bike:production');
  expect(workflowIds.retraining(target)).toBe('retrain:bike:production');
  expect(workflowIds.deployment(target)).toBe('deployment:bike:production');
  expect(workflowIds.experiment(experimentId(target, 3))).toBe('experiment:bike.production.3');
  expect(versionName('bike', 2)).toBe('bike@2');
});

test('an experiment of the longest names has a good id', () => {
  const long = 'x'.repeat(64);
  expect(EXPERIMENT_ID_PATTERN.test(experimentId({ model: long, environment: long }, 12_345))).toBe(true);
});

test.each(['', '.a', 'a/b', 'a:b', "a'b", 'x'.repeat(65), 'ä'])('%j is no name', (name) =>
  expect(NAME_PATTERN.test(name)).toBe(false),
);

test('what is registered is what the contract says', () => {
  expect(Object.keys(workflows).sort()).toEqual([...WORKFLOW_NAMES].sort());
  expect(Object.keys(WORKFLOW_DETAILS).sort()).toEqual([...WORKFLOW_NAMES].sort());
});

test('the command that registers search attributes can be pasted', () => {
  expect(registrationCommand(['A', 'B'])).toBe(
    'temporal operator search-attribute create --name A --type Keyword --name B --type Keyword',
  );
});

test.each([
  ["it's", "'it''s'"],
  ["zzz' OR WorkflowType!='", "'zzz'' OR WorkflowType!='''"],
  ["\\' OR 1=1 -- ", "'\\\\'' OR 1=1 -- '"],
])('%s cannot leave its quotes', (text, quoted) => expect(literal(text)).toBe(quoted));
