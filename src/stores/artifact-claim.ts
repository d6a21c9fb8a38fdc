import type { UpdateFilter } from 'mongodb';

/** A file that is not, not yet or no longer the one under the digest. */
export interface SpareFile {
  readonly file: string;
  readonly owner: string;
  /** Set before the file is deleted: whoever still writes it may no longer make it the one. */
  readonly dropped: boolean;
}

/** Who needs the bytes of a digest, and which file holds them. It stays when the bytes go: the count never starts again. */
export interface ClaimDocument {
  readonly _id: string;
  /** Grows with every put; numbers the files, and tells whether anybody has put since one looked. */
  readonly puts: number;
  readonly owners: readonly string[];
  readonly file: string | null;
  readonly spare: readonly SpareFile[];
  readonly claimedAt: Date;
}

/** Claims for good: what is put without an owner is never discarded by one. */
export const NOBODY = '';

/** What every claim writes. */
export function claimOf(owner: string): UpdateFilter<ClaimDocument> {
  return { $addToSet: { owners: owner }, $inc: { puts: 1 }, $set: { claimedAt: new Date() } };
}
