/** For tests elsewhere: a study with records and figures, the contract of launchers, and Slurm without machines. */

export { launcherContract } from './launch/launcher-contract.testing.ts';
export { FakeSlurm } from './launch/slurm/fake-slurm.testing.ts';
export { SlurmClient } from './launch/slurm/slurm-client.ts';
export { slurmLauncherBy } from './launch/slurm/slurm-launcher.ts';
export { exampleStudy, finishedResult, recordsOf } from './summary/example-study.testing.ts';
