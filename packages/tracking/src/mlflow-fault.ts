import { MlflowError } from 'mlflow-ts-client';
import { defined, MedganError } from '@medgan/files';

/** A fault of the tracking client as a MedganError, which the command line prints without a stack trace. */
export function asMedganError(error: unknown): unknown {
  if (!(error instanceof MlflowError)) return error;
  const [first] = error.message.split('\n  cure: ');
  const cure = error.cure ?? (error.transient ? 'run the command again when the server is there' : undefined);
  return new MedganError(first!.replace(/^\[mlflow\] /, 'MLflow: '), {
    ...defined({ cure }),
    cause: error,
  });
}
