import { getSession, type SessionManager, session } from "dewar";
import { type Response, Router } from "express";
import { type Device, describeDevice } from "./device.ts";
import { endDevice, listDevices } from "./devices.ts";
import { field, type Show } from "./render.ts";
import { devicesPage, LONGEST_NAME, signInPage } from "./views/account.ts";

declare module "dewar" {
  interface SessionData {
    /** Where a visitor was going when asked to sign in. Kept here, not in the address: so it can only be one of ours. */
    goingTo?: string;
    /** What they signed in with. */
    device?: Device;
  }
}

/** Signing in and out, and "Your devices". */
export function accountRoutes(show: Show, manager: SessionManager): Router {
  const router = Router();

  router.get("/sign-in", (_req, res) => {
    if (getSession().subject !== undefined) return res.redirect(303, "/devices");
    show(res, "Sign in", signInPage());
  });

  router.post("/sign-in", (req, res) => {
    const typed = field(req, "name");
    const name = readName(typed);
    if (name === undefined) {
      const error = `Type a name of 1 to ${LONGEST_NAME} characters.`;
      return show(res.status(422), "Sign in", signInPage({ name: typed, error }));
    }
    const goingTo = session.goingTo ?? "/";
    getSession().login(name);
    delete session.goingTo;
    session.device = describeDevice(req.get("User-Agent"));
    getSession().flash(`You are signed in as ${name}.`, "success");
    res.redirect(303, goingTo);
  });

  router.post("/sign-out", (_req, res) => signOut(res));

  router.get("/devices", async (_req, res) => {
    const { subject, id } = getSession();
    if (subject === undefined) return askToSignIn(res, "/devices", "Sign in to see your devices.");
    const devices = await listDevices(manager, subject);
    show(res, "Your devices", devicesPage({ devices, thisId: id, now: new Date() }));
  });

  router.post("/devices/:id/end", async (req, res) => {
    const { subject, id } = getSession();
    if (subject === undefined) return askToSignIn(res, "/devices", "Sign in to end a session.");
    if (req.params.id === id) return signOut(res);
    const ended = await endDevice(manager, subject, req.params.id);
    if (ended) getSession().flash(`${ended} is signed out.`, "success");
    else getSession().flash("That session has ended already.", "error");
    res.redirect(303, "/devices");
  });

  router.post("/devices/end-others", async (_req, res) => {
    const { subject, id } = getSession();
    if (subject === undefined) return askToSignIn(res, "/devices", "Sign in to end a session.");
    const ended = await manager.revokeAll(subject, { ...(id && { except: id }) });
    getSession().flash(ended === 1 ? "One other session is ended." : `${ended} other sessions are ended.`, "success");
    res.redirect(303, "/devices");
  });

  return router;
}

function signOut(res: Response): void {
  getSession().logout();
  getSession().flash("You are signed out.");
  res.redirect(303, "/");
}

export function askToSignIn(res: Response, goingTo: string, why: string): void {
  session.goingTo = goingTo;
  getSession().flash(why);
  res.redirect(303, "/sign-in");
}

/** A name that people can see: letters, digits, signs and single spaces. */
function readName(typed: string): string | undefined {
  const name = typed.normalize("NFC").trim().replace(/\s+/gu, " ");
  const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(name);
  return visible && [...name].length <= LONGEST_NAME ? name : undefined;
}
