import { access, constants, stat, statfs } from "node:fs/promises";
import { danger, type Finding, ok, warning } from "./finding.ts";

/** A gibibyte. */
const LITTLE = 1024 ** 3;
const TOO_LITTLE = 64 * 1024 ** 2;
const FEW_FILES = 10_000;
const NOBODY_ELSE = 0o077;

/** How much room is left where `path` is. */
export async function roomAt(path: string, isFiles: boolean): Promise<Finding[]> {
  const { bavail, bsize, files, ffree } = await statfs(path);
  const free = bavail * bsize;
  const is = `${(free / LITTLE).toFixed(1)} GiB free`;
  const findings = [
    free < TOO_LITTLE
      ? danger("disk", is, "Make room: writes are about to fail, and so logins.")
      : free < LITTLE
        ? warning("disk", is, "Make room, or watch it: when it is full, logins fail.")
        : ok("disk", is),
  ];
  // Some file systems make them as they go, and say 0 of 0.
  if (isFiles && files > 0 && ffree < FEW_FILES) {
    findings.push(warning("inodes", `${ffree} free`, "Each session is a file: make room for more of them."));
  }
  return findings;
}

/** Who else can read what is at `path`, and whether we can write there. */
export async function rightsAt(path: string, what: string): Promise<Finding[]> {
  const { mode } = await stat(path);
  const rights = (mode & 0o777).toString(8).padStart(4, "0");
  const writable = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const findings = [
    writable ? [] : [danger(what, "not writable for this user", "Run as the application's user.")],
  ].flat();
  if (process.platform === "win32") return findings;
  if ((mode & 0o007) !== 0) {
    findings.push(danger(`${what}, rights`, rights, `Every user of this machine gets at sessions: chmod o= ${what}.`));
  } else if ((mode & NOBODY_ELSE) !== 0) {
    findings.push(
      warning(`${what}, rights`, rights, "Its group gets at sessions: only right if the application needs it."),
    );
  } else findings.push(ok(`${what}, rights`, rights));
  return findings;
}
