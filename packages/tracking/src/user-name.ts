import { userInfo } from 'node:os';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Who sends a run: the user that the tracking server knows, else the user of this machine. In a container whose user id
 * has no name: that id.
 */
export function userName(env: Environment): string {
  const named = env['MLFLOW_TRACKING_USERNAME'] || env['USER'] || env['LOGNAME'];
  if (named) return named;
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
