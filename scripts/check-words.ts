// Why: a lockfile that names the registry of the machine where it was written makes `npm ci` fail on every other one,
// and a path of somebody's machine in a file helps nobody. Both slip in by themselves and look harmless in a diff.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

interface Ban {
  pattern: RegExp;
  reason: string;
  /** Only in files whose name ends so. */
  suffix?: string;
}

const bans: Ban[] = [
  { pattern: /"resolved": "[\w+]+:/, reason: "a download address", suffix: "package-lock.json" },
  {
    pattern: /\b(registry|pypi|proxy|deb)\.(npmjs|yarnpkg|golang|debian|python)\.\w+/,
    reason: "the host of a registry",
  },
  { pattern: /(^|[\s"'`(=])\/(work|root|home|Users)\/\w/, reason: "a path of one machine" },
  { pattern: /\bcafile\b|_authToken\b/, reason: "npm settings of one machine" },
  { pattern: /\b(TODO|FIXME|XXX)\b/, reason: "unfinished work: open an issue" },
  { pattern: /@ts-(ignore|nocheck)\b|\bas any\b/, reason: "a type that isn't checked", suffix: ".ts" },
];

/** What a file holds that no file should, as `file:line: reason`. */
export function findBanned(file: string, content: string): string[] {
  const active = bans.filter(({ suffix }) => suffix === undefined || file.endsWith(suffix));
  return content
    .split("\n")
    .flatMap((line, index) =>
      active.filter(({ pattern }) => pattern.test(line)).map(({ reason }) => `${file}:${index + 1}: ${reason}`),
    );
}

if (import.meta.main) {
  // In a container the clone may belong to another user, which git takes for an attack unless told otherwise.
  const git = ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", git, { encoding: "utf8" }).split("\0");
  const text = files.filter((file) => existsSync(file) && !/\.(png|jpe?g|ico|woff2)$/.test(file));
  const found = text
    // This file and its test name what is banned.
    .filter((file) => !file.includes("scripts/check-words"))
    .flatMap((file) => findBanned(file, readFileSync(file, "utf8")));
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}
