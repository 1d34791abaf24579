/** What the process ends with. Documented in `dewar --help` and in docs/operations/command-line.md. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The store or the system failed. */
  failed: 1,
  /** The command line was wrong, or a question had nobody to answer it. */
  usage: 2,
  /** There is no such thing, or it was refused: a session that isn't there, a cookie that doesn't verify. */
  refused: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Ends a command: its message is shown as it is, without a stack. Made by `usage`, `refused` and `failed`. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function usage(message: string): Failure {
  return new Failure(EXIT.usage, message);
}

export function refused(message: string): Failure {
  return new Failure(EXIT.refused, message);
}

export function failed(message: string, cause?: unknown): Failure {
  return new Failure(EXIT.failed, message, { cause });
}
