/**
 * Sends run and study folders to an MLflow server, while they grow or later.
 *
 * @module @medgan/tracking
 */

export { readCursor } from './cursor.ts';
export { runPage, samplingFrom, serverFrom } from './environment.ts';
export { follow } from './follow.ts';
export { isServerGone, leftoverLines, type Leftover } from './leftovers.ts';
export { asMedganError } from './mlflow-fault.ts';
export { LOG_START, readLog } from './read-log.ts';
export { type Follower, startFollower } from './start-follower.ts';
export { StudyFollowers } from './study-followers.ts';
export { FolderBusy } from './sync-faults.ts';
export { type PassReport, TargetSync } from './sync-target.ts';
export { targetEnded } from './target-ended.ts';
export { type Target, findTargets, studyFor } from './targets.ts';
export { trialDirs } from './tracked-study.ts';
