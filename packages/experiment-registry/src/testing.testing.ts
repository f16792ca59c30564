/** For tests elsewhere: a study with records and figures, and the contract of launchers. */

export { launcherContract } from './launch/launcher-contract.testing.ts';
export { exampleStudy, finishedResult, recordsOf } from './summary/example-study.testing.ts';
