import { MlflowError } from 'mlflow-ts-client';
import { MedganError } from '@medgan/files';
import { isServerGone } from './leftovers.ts';

/** Another process is sending a folder. */
export class FolderBusy extends MedganError {}

/** A folder was emptied for another run while it was being sent. */
export class FolderReplaced extends MedganError {}

/** Whether a fault concerns one part of a run only: the server refuses it, or the folder does not have it. */
export const isOfPart = (error: unknown): error is MlflowError | MedganError =>
  error instanceof MlflowError
    ? !isServerGone(error)
    : error instanceof MedganError && !(error instanceof FolderReplaced);

/** What servers answer to a call that they do not know, such as `runs/log-inputs` before MLflow 2.4. */
const UNKNOWN_CALL: readonly (number | undefined)[] = [404, 405, 501];

const isGone = (error: unknown): boolean =>
  error instanceof MlflowError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST';

/** For calls that a server may not know: what it keeps of them is not needed. @throws any other fault */
export function unlessUnknownCall(error: unknown): void {
  if (!(error instanceof MlflowError && UNKNOWN_CALL.includes(error.status)) || isGone(error)) throw error;
}

/** Undefined for what is not on the server. @throws any other fault */
export function unlessGone(error: unknown): undefined {
  if (isGone(error)) return undefined;
  throw error;
}
