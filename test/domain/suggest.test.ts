import { closest, didYouMean } from '../../src/domain/suggest';

const STAGES = ['data-extraction', 'feature-engineering', 'model-training', 'model-validation'];

test.each([
  ['feature-enginering', 'feature-engineering'],
  ['feature-engineerring', 'feature-engineering'],
  ['feature-enigneering', 'feature-engineering'],
  ['Feature-Engineering', 'feature-engineering'],
  ['model-trainin', 'model-training'],
  ['odel-trainings', 'model-training'],
  ['deployment', null],
  ['', null],
  ['x'.repeat(64), null],
])('%j was meant to be %j', (name, meant) => expect(closest(name, STAGES)).toBe(meant));

test('the nearest of several is named, and a short name is not any other short name', () => {
  expect(closest('train2', ['train', 'train1'])).toBe('train');
  expect(closest('traim1', ['train', 'train1'])).toBe('train1');
  expect(closest('a', ['xyz', 'bc'])).toBeNull();
});

test('where nothing is near, what there is is told, not all of it', () => {
  expect(didYouMean('sucess', ['Success'])).toBe('did you mean "Success"?');
  expect(didYouMean('zzzzzzz', ['a', 'b'])).toBe('expected one of a, b');
  expect(didYouMean('x', [])).toBe('there is none');
  const many = Array.from({ length: 12 }, (_, k) => `stage-${k}`);
  expect(didYouMean('zzzzzzz', many)).toMatch(/^expected one of stage-0, .*stage-9, … \(12 in all\)$/);
});
