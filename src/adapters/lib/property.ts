import type { Handle } from "../../core/handle.ts";
import type { SessionData } from "../../core/session.ts";

const HANDLE: unique symbol = Symbol("dewar.handle");

/** A request or context that shows its session's data as `session`. */
interface Carrier {
  [HANDLE]?: Handle;
}

/** What frameworks that decorate prototypes themselves (Fastify) are given. */
export const sessionProperty: {
  getter(this: object): Partial<SessionData>;
  setter(this: unknown, value: unknown): never;
} = {
  getter() {
    // Typed as always there: where no session was begun, reading it is a mistake that `undefined` shows at once.
    return (this as Carrier)[HANDLE]?.data as Partial<SessionData>;
  },
  setter: refuseAssignment,
};

const DESCRIPTOR: PropertyDescriptor = {
  configurable: true,
  // So that printing or copying a request doesn't count as reading the session.
  enumerable: false,
  get: sessionProperty.getter,
  set: sessionProperty.setter,
};

/** Binds `handle` to `target`, whose prototype has the property already. */
export function bindSession(target: object, handle: Handle): void {
  (target as Carrier)[HANDLE] = handle;
}

/** Gives `target` a property `session`. A second manager takes it over: the innermost session is the one shown. */
export function exposeSession(target: object, handle: Handle): void {
  bindSession(target, handle);
  Object.defineProperty(target, "session", DESCRIPTOR);
}

/** The setter of every framework's property. */
export function refuseAssignment(): never {
  throw new TypeError(
    "session can't be assigned: call getSession().clear() to empty it, getSession().destroy() to end it",
  );
}
