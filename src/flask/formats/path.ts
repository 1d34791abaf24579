import { SessionError } from "../../core/errors.ts";

/** Where in a session a value stands: pushed and popped while a writer walks. */
export type Path = (string | number)[];

/** `ERR_ENCODE`, naming the place and never the value. */
export function unwritable(path: Path, what: string): SessionError {
  const steps = path.map((step) =>
    typeof step === "number" || !/^[A-Za-z_$][\w$]*$/.test(step) ? `[${JSON.stringify(step)}]` : `.${step}`,
  );
  return new SessionError("ERR_ENCODE", `session${steps.join("")}: ${what}`);
}
