import { fileURLToPath } from 'node:url';

/** The file of the command line, for processes of its own: trials, and what follows a run for MLflow. */
export const MEDGAN_FILE = fileURLToPath(new URL('../bin/medgan.mjs', import.meta.url));
