/** Every code that a `SessionError` can have. */
export type SessionErrorCode =
  | "ERR_NO_SESSION"
  | "ERR_NOT_LOADED"
  | "ERR_SESSION_ENDED"
  | "ERR_STORE"
  | "ERR_CONFLICT"
  | "ERR_ENCODE"
  | "ERR_TOO_LARGE"
  | "ERR_HEADERS_SENT"
  | "ERR_NOT_SUPPORTED";

const STATUS_TEXT: Record<number, string> = {
  409: "Conflict",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * The one error that `dewar` throws at run time; misuse of an option is a `TypeError` when the manager is made.
 * `code` tells the kind, `status` the HTTP status that fits it (503 for the store, 409 for a conflict, 500 else), `cause`
 * the error beneath. Messages hold no token, secret or payload.
 *
 * @example
 * ```ts
 * import { SessionError } from "dewar";
 *
 * function statusOf(error: unknown): number {
 *   return error instanceof SessionError ? error.status : 500;
 * }
 * ```
 */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  readonly status: number;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = code === "ERR_STORE" ? 503 : code === "ERR_CONFLICT" ? 409 : 500;
  }

  /** The error as a response: its status as text, not to be cached. Hono asks errors for it, and `dewar/fetch` answers it. */
  getResponse(): Response {
    return new Response(`${STATUS_TEXT[this.status]}\n`, {
      status: this.status,
      headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
    });
  }
}
