import { addressOf, isKeyed, keyedSegmentId, mintedId, segmentId } from '../../src/stores/address';

describe('minted ids', () => {
  test('an id says where its row stands', () => {
    const segment = segmentId();
    for (const row of [0, 7, 42, 999]) expect(addressOf(mintedId(segment, row))).toEqual({ segment, row });
  });

  test('as texts, ids of a segment have the order of its rows', () => {
    const ids = Array.from({ length: 1_000 }, (_, row) => mintedId('0'.repeat(32), row));
    expect(ids.toSorted()).toEqual(ids);
  });

  test.each([
    '',
    'p1',
    `${'0'.repeat(32)}/7`,
    `${'g'.repeat(32)}/007`,
    `${'0'.repeat(31)}/007`,
    `${'0'.repeat(32)}/007\n`,
  ])('an id of a caller is no address: %j', (id) => expect(addressOf(id)).toBeNull());

  test('segments of callers’ ids cannot be addressed, and newer segments have greater ids', async () => {
    const keyed = keyedSegmentId();
    expect(isKeyed(keyed)).toBe(true);
    expect(isKeyed(segmentId())).toBe(false);
    expect(addressOf(mintedId(keyed, 3))).toBeNull();
    const older = segmentId();
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(segmentId() > older).toBe(true);
    expect(new Set(Array.from({ length: 1_000 }, segmentId)).size).toBe(1_000);
  });
});
