import {
  decisionSchema,
  deployDecisionSchema,
  parseWith,
  promoteDecisionSchema,
  promotionSchema,
  rollBackDecisionSchema,
  trafficSchema,
  watchOptionsSchema,
} from '../../src/schemas';

const decision = { who: 'ann', reason: 'because' };

test('a decision is taken as it is given, its time normalised', () => {
  expect(parseWith(decisionSchema, { ...decision, effectiveAt: '2011-08-01', evidence: ['e.1'] }, 'd')).toEqual({
    ...decision,
    effectiveAt: '2011-08-01T00:00:00.000Z',
    evidence: ['e.1'],
  });
});

test.each([
  [{ reason: 'x' }, 'who is missing'],
  [{ who: '', reason: 'x' }, 'who is ""'],
  [{ who: 'ann' }, 'reason is missing'],
  [{ ...decision, key: '' }, 'key is ""'],
  [{ ...decision, key: 'k'.repeat(301) }, 'key is "kkk'],
  [{ ...decision, effectiveAt: 'now' }, 'effectiveAt is "now": expected an ISO 8601'],
  [{ ...decision, evidence: 'e.1' }, 'evidence is "e.1"'],
  [{ ...decision, by: 'me' }, 'by is not a known field'],
  [null, '(root) is null'],
])('the decision %j is refused: %s', (given, words) => {
  expect(() => parseWith(decisionSchema, given, 'decision')).toThrow(words);
});

test.each([
  [deployDecisionSchema, { ...decision, clock: 'moon' }, 'clock is "moon"'],
  [deployDecisionSchema, { ...decision, strategy: { kind: 'big-bang' } }, 'strategy'],
  [promoteDecisionSchema, { ...decision, version: 0 }, 'version is 0'],
  [promotionSchema, { model: 'm', from: 'staging', to: 'staging' }, 'to is "staging": expected another environment'],
  [promotionSchema, { model: 'm', from: 'a b', to: 'c' }, 'from is "a b"'],
  [rollBackDecisionSchema, { ...decision, version: 1, toToken: 2 }, 'toToken is 2: expected at most one of'],
  [rollBackDecisionSchema, { ...decision, toToken: 1.5 }, 'toToken is 1.5'],
  [watchOptionsSchema, { pollMs: 251 }, 'pollMs is 251'],
  [watchOptionsSchema, { pollMs: 0 }, 'pollMs is 0'],
])('what is no decision is refused', (schema, given, words) => {
  expect(() => parseWith(schema, given, 'it')).toThrow(words);
});

test.each([
  [{ 1: 0.9, 2: 0.1 }],
  [{ 1: 1 }],
  [{ 3: 0.7, 12: 0.3 }],
  [{ 1: 0.1 + 0.2, 2: 0.7 }],
  [{ 1: 0.5, 2: 0.5 + 9e-10 }],
])('shares of %j are taken', (shares) => {
  expect(parseWith(trafficSchema, { shares }, 'traffic')).toEqual({ shares, unit: 'predictionId' });
});

test.each([
  [{ 1: 0.9, 2: 0.2 }, 'shares that sum to 1, not to 1.1'],
  [{ 1: 0.5, 2: 0.5 + 2e-9 }, 'shares that sum to 1'],
  [{ 1: 0.5 }, 'shares that sum to 1, not to 0.5'],
  [{ 1: 0.4, 2: 0.3, 3: 0.3 }, 'expected one version or two'],
  [{}, 'expected one version or two'],
  [{ 1: 1, 2: 0 }, 'shares.2 is 0'],
  [{ 1: -0.5, 2: 1.5 }, 'shares.1 is -0.5'],
  [{ 1: Number.NaN, 2: 0.5 }, 'shares.1 is NaN'],
  [{ champion: 0.5, 2: 0.5 }, 'shares.champion is 0.5: expected a share by a version number'],
  [{ 0: 0.5, 2: 0.5 }, 'shares.0 is 0.5: expected a share by a version number'],
  [[0.5, 0.5], 'shares is [0.5,0.5]'],
  [null, 'shares is null'],
])('shares of %j are refused: %s', (shares, words) => {
  expect(() => parseWith(trafficSchema, { shares }, 'traffic')).toThrow(words);
});

test('a division by anything but the row’s id or its unit is refused', () => {
  expect(() => parseWith(trafficSchema, { shares: { 1: 1 }, unit: 'user' }, 'traffic')).toThrow('unit is "user"');
  expect(() => parseWith(trafficSchema, { shares: { 1: 1 }, seed: '' }, 'traffic')).toThrow('seed is ""');
});
