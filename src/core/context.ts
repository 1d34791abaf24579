import { AsyncLocalStorage } from "node:async_hooks";
import { SessionError } from "./errors.ts";
import type { Handle } from "./handle.ts";
import type { SessionManager } from "./manager.ts";
import type { Session, SessionData } from "./session.ts";

/** One manager's session in the current request; `outer` is that of a manager mounted before it. */
interface Context {
  manager: SessionManager;
  session: Handle;
  outer: Context | undefined;
}

const contexts = new AsyncLocalStorage<Context>();

/** Runs `fn`, and all that it starts, with `session` as the current one. */
export function runInContext<T>(manager: SessionManager, session: Handle, fn: () => T): T {
  return contexts.run({ manager, session, outer: contexts.getStore() }, fn);
}

/**
 * The handle of the current request's session, of the innermost manager or of `manager`. Throws `ERR_NO_SESSION` outside
 * a request.
 *
 * @example
 * ```ts
 * import { getSession } from "dewar";
 *
 * export function signIn(userId: string): void {
 *   getSession().login(userId);
 *   getSession().flash("Welcome back");
 * }
 * ```
 */
export function getSession(manager?: SessionManager): Session {
  return currentHandle(manager);
}

/**
 * Like `getSession`, but `undefined` outside a request: for code that runs in jobs too.
 *
 * @example
 * ```ts
 * import { tryGetSession } from "dewar";
 *
 * const actor = (): string => tryGetSession()?.subject ?? "system";
 * ```
 */
export function tryGetSession(manager?: SessionManager): Session | undefined {
  return findHandle(manager);
}

function findHandle(manager?: SessionManager): Handle | undefined {
  let context = contexts.getStore();
  while (context !== undefined && manager !== undefined && context.manager !== manager) context = context.outer;
  return context?.session;
}

function currentHandle(manager?: SessionManager): Handle {
  const handle = findHandle(manager);
  if (handle !== undefined) return handle;
  throw new SessionError(
    "ERR_NO_SESSION",
    manager === undefined
      ? "no session here: this runs outside a request, or before the sessions middleware"
      : "no session of this manager here: it isn't mounted on this route",
  );
}

/** Every operation on the import goes to the data of the current request. */
const forwarding: ProxyHandler<object> = {
  get: (_target, key) => Reflect.get(currentHandle().data, key),
  has: (_target, key) => Reflect.has(currentHandle().data, key),
  set(_target, key, value) {
    const handle = currentHandle();
    handle.assertWritable(`session.${String(key)} = …`);
    // It would change what the data inherit, unseen and unstored.
    if (key === "__proto__") return false;
    return Reflect.set(handle.data, key, value);
  },
  defineProperty(_target, key, descriptor) {
    const handle = currentHandle();
    handle.assertWritable(`session.${String(key)}`);
    // A proxy may not claim a fixed property that its own target hasn't.
    return Reflect.defineProperty(handle.data, key, { ...descriptor, configurable: true });
  },
  deleteProperty(_target, key) {
    const handle = currentHandle();
    handle.assertWritable(`delete session.${String(key)}`);
    return Reflect.deleteProperty(handle.data, key);
  },
  ownKeys: () => Reflect.ownKeys(currentHandle().data),
  getOwnPropertyDescriptor(_target, key) {
    const descriptor = Reflect.getOwnPropertyDescriptor(currentHandle().data, key);
    return descriptor && { ...descriptor, configurable: true };
  },
  getPrototypeOf: () => Object.prototype,
  setPrototypeOf: () => false,
  preventExtensions: () => false,
};

/** What `console.log(session)` prints: Node looks at a proxy's target, not through its traps. */
const target = Object.create({
  [Symbol.for("nodejs.util.inspect.custom")]: () => findHandle()?.data ?? "[session: outside a request]",
});

/**
 * The data of the current request's session, wherever it is asked for. Nested changes are noticed; nothing needs to be
 * marked. Prints, spreads and serialises as the data does. Throws `ERR_NO_SESSION` outside a request, `ERR_NOT_LOADED`
 * for a lazy session, and on a write `ERR_SESSION_ENDED` after the response or `ERR_HEADERS_SENT` where it comes too late.
 *
 * @example
 * ```ts
 * import { session } from "dewar";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     cart?: string[];
 *   }
 * }
 *
 * export function addToCart(item: string): void {
 *   (session.cart ??= []).push(item);
 * }
 * ```
 */
export const session: Partial<SessionData> = new Proxy(target, forwarding) as Partial<SessionData>;
