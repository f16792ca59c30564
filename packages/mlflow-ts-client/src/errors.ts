/** What went wrong with a tracking call, in facts a program can act on. */
export interface MlflowErrorFacts {
  readonly cure?: string | undefined;
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly transient?: boolean;
  readonly cause?: unknown;
}

/** An error a user can act on: who is at fault, what is wrong, and the cure, in one line each. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
  readonly cure: string | undefined;
  /** The HTTP status, where a server answered. */
  readonly status: number | undefined;
  /** MLflow's own name of the fault, such as `RESOURCE_DOES_NOT_EXIST`. */
  readonly errorCode: string | undefined;
  /** True where the server or the network is at fault and the same call may work later. */
  readonly transient: boolean;

  constructor(message: string, facts: MlflowErrorFacts = {}) {
    const text = facts.cure ? `${message}\n  cure: ${facts.cure}` : message;
    super(`[mlflow] ${text}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.cure = facts.cure;
    this.status = facts.status;
    this.errorCode = facts.errorCode;
    this.transient = facts.transient ?? false;
  }
}

/** Text of foreign origin, fit to be printed in one line of a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 197)}...` : text);
}
