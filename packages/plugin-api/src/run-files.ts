/** Names of the files and folders that a run leaves in its folder. */
export const RUN_FILES = {
  /** The record of the run: control file, resolved configuration, engine, data, versions. */
  record: 'config.yaml',
  /** One line of JSON per step. */
  log: 'log.jsonl',
  /** State, step and best evaluation. */
  status: 'status.json',
  /** Held by the process that trains. */
  lock: 'run.lock',
  /** Folder: one folder of safetensors per checkpoint. */
  checkpoints: 'checkpoints',
  /** The best evaluation so far. */
  best: 'best.json',
  /** Folder: generated images of the fixed noise, per step. */
  samples: 'samples',
  lossSvg: 'loss.svg',
  lossPng: 'loss.png',
  /** Real images beside the last generated ones. */
  realFakeGrid: 'real-fake-grid.png',
  /** The evaluation of the run. */
  metrics: 'metrics.json',
  /** Generated images beside the nearest real ones. */
  nearestReal: 'nearest-real.png',
} as const;

/** Names of the files that a study adds to the run folder of a trial. */
export const TRIAL_FILES = {
  /** Which trial of which study the run is; written before the trial is started. */
  trial: 'trial.json',
  /** What came of the trial; the last thing that its process writes. */
  result: 'result.json',
  /** Everything that the trial's processes printed, the newest attempt last. */
  log: 'trial.log',
  /** The name by which a scheduler knows the trial's job. */
  job: 'job.json',
  /** There while a scheduler's job runs; as old as its attempt. */
  jobStart: 'job.start',
  /** How the process of a scheduler's job ended. */
  jobEnd: 'job-end.json',
} as const;

/** Names of the files and folders in the folder of a study, beside the run folders of its trials. */
export const STUDY_FILES = {
  /** Every trial with its state and figures. */
  trials: 'trials.json',
  /** The command by which the study was run last. */
  command: 'command.json',
  /** The study's table and pictures, for people. */
  results: 'RESULTS.md',
  /** Folder: run folders of trials that another configuration or other data has replaced. */
  earlier: '_earlier',
} as const;
