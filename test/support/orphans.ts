import type { TestStores } from './environment';

const HOURS_2 = 2 * 3_600_000;

/** Makes all that a database holds two hours older, so that it is not taken for something on its way. */
export async function grow({ db }: TestStores): Promise<void> {
  const at = new Date(Date.now() - HOURS_2);
  await db.collection('retrainings').updateMany({}, { $set: { beganAt: at } });
  await db.collection('deploymentLedger').updateMany({}, { $set: { recordedAt: at.toISOString() } });
  await db.collection('models').updateMany({}, { $set: { createdAt: at } });
  await db.collection('artifactClaims').updateMany({}, { $set: { claimedAt: at } });
  await db.collection('artifacts.files').updateMany({}, { $set: { uploadDate: at } });
}
