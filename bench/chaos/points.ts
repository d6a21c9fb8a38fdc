/** The steps of a retraining, in their order, by the activity that does them. */
export const STEPS = [
  'takeSnapshot',
  'checkQuality',
  'trainChallenger',
  'evaluateGate',
  'registerChallenger',
  'decideDeployment',
  'judgeBake',
] as const;

/** What else a retraining may lose with a worker: what undoes it and what closes it. */
export const UNDOS = ['archiveChallenger', 'discardArtifacts', 'discardSnapshot', 'closeRetraining'] as const;

/**
 * Where the k-th worker dies: every step before its effect and between effect and answer, in turn; every fifth one at a
 * moment of its own choosing.
 * @returns a failpoint of `loopwright worker`, or null
 */
export function pointOf(kill: number): string | null {
  if (kill % 5 === 4) return null;
  const activities = [...STEPS, ...UNDOS];
  const index = kill - Math.floor(kill / 5);
  const activity = activities[Math.floor(index / 2) % activities.length]!;
  return `${index % 2 === 0 ? 'before-effect' : 'after-effect'}/${activity}:1`;
}
