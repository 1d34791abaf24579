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

  /**
   * The error as a response: its status as text, not to be cached. Hono's `app.onError` asks errors for it by default, and
   * `dewar/fetch` answers it. Who answers so tells nobody, so the error goes to the log, `console.error`.
   */
  getResponse(): Response {
    report(this);
    return new Response(`${STATUS_TEXT[this.status]}\n`, {
      status: this.status,
      headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
    });
  }
}

/** In characters. */
const LONGEST_REASON = 300;

/**
 * To the log, as frameworks do: where this is called, nobody else would. Of what lies beneath the message alone, since
 * drivers' errors hold what they were sending. A mistake in the application (500) comes with the place where it was made.
 */
export function report({ code, message, status, cause, stack = "" }: SessionError): void {
  const frames = status === 500 ? (/\n +at .*/s.exec(stack)?.[0] ?? "") : "";
  console.error(`dewar: ${code}: ${message}${because(cause)}${frames}`);
}

function because(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  // One line each: what a server says may be long, and hold line breaks that would begin an entry of their own.
  const reason = cause.message.replace(/\p{Cc}+/gu, " ").slice(0, LONGEST_REASON);
  return ` (${reason}${because(cause.cause)})`;
}
