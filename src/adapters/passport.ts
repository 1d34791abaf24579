import { type Handle, stateOf } from "../core/handle.ts";
import { getSession } from "../index.ts";

/** What `forPassport` is made with. */
export interface PassportOptions<User> {
  /**
   * The subject of a user, as `passport.serializeUser` gave him: under this name `manager.list` and `manager.revokeAll`
   * find his sessions. By default a string as it is, and a number in digits; anything else needs this option.
   */
  subject?: (user: User) => string;
}

/** Middleware of Express and everything like connect. Returns what `next` returns, so that Koa can await it. */
export type PassportMiddleware = (req: unknown, res: unknown, next: (error?: unknown) => unknown) => unknown;

/**
 * Lets Passport (0.6 and later) keep its sign-ins in dewar's sessions. Mount it after `sessions()` and before
 * `passport.session()`; then `req.login`, `req.logout` and `passport.authenticate` work unchanged, and a sign-in is
 * dewar's own: `req.login` gives a new token and sets the session's `subject`, `req.logout` ends the session for good, and
 * `manager.list({ subject })` and `manager.revokeAll(subject)` know the user.
 *
 * `passport.user` in the data counts only while it is the session's subject: what a request finds there without that is
 * removed. No login makes the data of one user another's, even with `keepSessionInfo`; but `req.logout` with it leaves them to
 * whoever signs in next in that browser.
 *
 * While it is mounted, the keys `regenerate` and `save` of the data are Passport's: a `TypeError` where a session holds one.
 * Errors (`ERR_STORE`, `ERR_HEADERS_SENT`; a `TypeError` for a subject that isn't 1 to 255 bytes) reach Passport's callback.
 *
 * @example
 * ```ts
 * import express from "express";
 * import passport from "passport";
 * import { sessions } from "dewar/express";
 * import { forPassport } from "dewar/passport";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const app = express();
 * app.use(sessions({ store: sqliteStore({ file: "sessions.sqlite" }) }));
 * app.use(forPassport());
 * app.use(passport.session());
 * ```
 */
export function forPassport<User = string | number>(options: PassportOptions<User> = {}): PassportMiddleware {
  const { subject: subjectOf = ownSubject } = options as PassportOptions<unknown>;
  if (typeof subjectOf !== "function") throw new TypeError("subject: a function of the serialised user");

  return (_req, _res, next) => {
    const handle = getSession() as Handle;
    const prepare = (): void => {
      dropStranger(handle, subjectOf);
      equip(handle, subjectOf);
    };
    // Passport looks at the session itself, so a lazy one is read now.
    if (stateOf(handle).isUnread) {
      const ready = handle.load().then(prepare);
      return ready.then(() => next(), next);
    }
    prepare();
    return next();
  };
}

/** What Passport writes into the data. */
interface PassportData {
  passport?: { user?: unknown };
}

type SubjectOf = (user: unknown) => string;
type Callback = (error?: unknown) => void;

/** Gives the data at hand the two methods that Passport calls: not enumerable, so nobody stores, copies or merges them. */
function equip(handle: Handle, subjectOf: SubjectOf): void {
  /** Since `regenerate`: whose session it was before. */
  let begun: { from: string | undefined } | undefined;

  const regenerate = async (): Promise<void> => {
    handle.assertWritable("req.session.regenerate()");
    begun = { from: handle.subject };
    // A change like any other, so that the login can still merge what parallel requests store.
    if (begun.from === undefined) handle.regenerate();
    // Passport holds the old object, and with `keepSessionInfo` copies from it.
    stateOf(handle).record.data = {};
    define();
    if (begun.from === undefined) return;
    handle.logout();
    await handle.save();
  };

  const save = async (): Promise<void> => {
    const user = passportUser(handle);
    const signsIn = begun !== undefined && user !== undefined;
    try {
      if (signsIn) signIn(handle, begun?.from, user, subjectOf);
      await handle.save();
    } catch (error) {
      // The error page stores the session too: nobody may be signed in by it.
      if (signsIn) handle.logout();
      throw error;
    } finally {
      begun = undefined;
    }
  };

  const define = (): void => {
    const { data } = handle;
    for (const [name, method] of Object.entries({ regenerate, save })) {
      if (Object.prototype.propertyIsEnumerable.call(data, name)) {
        throw new TypeError(`session.${name}: Passport calls it as a method; keep your own under another key`);
      }
      const value = (done: Callback = ignore): void => void method().then(() => done(), done);
      Object.defineProperty(data, name, { value, configurable: true });
    }
  };
  define();
}

function signIn(handle: Handle, from: string | undefined, user: unknown, subjectOf: SubjectOf): void {
  const data = handle.data as PassportData;
  const subject = subjectOf(user);
  const { passport } = data;
  if (from !== undefined && from !== subject) handle.clear();
  handle.login(subject);
  Object.assign(data, { passport });
}

/** Who is signed in is the session's subject: a user of Passport's beside it could neither be listed nor revoked. */
function dropStranger(handle: Handle, subjectOf: SubjectOf): void {
  const user = passportUser(handle);
  if (user === undefined || isSubject(user, handle.subject, subjectOf)) return;
  delete (handle.data as PassportData).passport;
}

function isSubject(user: unknown, subject: string | undefined, subjectOf: SubjectOf): boolean {
  try {
    return subject !== undefined && subjectOf(user) === subject;
  } catch {
    // Serialised in another way than today's.
    return false;
  }
}

function passportUser(handle: Handle): unknown {
  return (handle.data as PassportData).passport?.user;
}

function ownSubject(user: unknown): string {
  if (typeof user === "string") return user;
  if (typeof user === "number") return String(user);
  throw new TypeError(
    "forPassport: passport.serializeUser gives no id: set the option subject, such as (user) => user.id",
  );
}

/** Without a callback, as express-session allows: what could not be stored fails the commit at the end. */
function ignore(): void {}
