import { spawnSync } from "node:child_process";
import { accessSync, constants, globSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that some tests need and npm can't bring. */
export interface Program {
  name: ProgramName;
  /** What it may be called: a name on PATH, or a whole path, with `*` where it varies. The first one found counts. */
  commands: string[];
  /** Arguments with which it must succeed: for what a distribution may have split from it. */
  trial?: string[];
  /** Debian's package. */
  apt: string;
  /** How to get it where `apt-get install` isn't the way. */
  elsewhere: string;
}

export type ProgramName =
  | "redis-server"
  | "memcached"
  | "postgres"
  | "mariadbd"
  | "javac"
  | "maven"
  | "python3"
  | "chromium";

export const programs: Program[] = [
  {
    name: "redis-server",
    commands: ["redis-server", "valkey-server"],
    apt: "redis-server",
    elsewhere: "brew install redis",
  },
  { name: "memcached", commands: ["memcached"], apt: "memcached", elsewhere: "brew install memcached" },
  {
    name: "postgres",
    commands: ["postgres", "/usr/lib/postgresql/*/bin/postgres", "/opt/homebrew/opt/postgresql*/bin/postgres"],
    apt: "postgresql",
    elsewhere: "brew install postgresql",
  },
  {
    name: "mariadbd",
    commands: ["mariadbd", "/usr/sbin/mariadbd"],
    apt: "mariadb-server",
    elsewhere: "brew install mariadb",
  },
  { name: "javac", commands: ["javac"], apt: "default-jdk-headless", elsewhere: "brew install openjdk" },
  { name: "maven", commands: ["mvn"], apt: "maven", elsewhere: "brew install maven" },
  {
    name: "python3",
    commands: ["python3"],
    trial: ["-c", "import ensurepip, venv"],
    apt: "python3-venv",
    elsewhere: "brew install python",
  },
  {
    name: "chromium",
    commands: [
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    apt: "chromium",
    elsewhere: "brew install --cask chromium; on Ubuntu: snap install chromium",
  },
];

/**
 * The path of a program, or undefined if this machine lacks it. `DEWAR_WITHOUT=redis-server,chromium` hides some, to
 * see what happens without them.
 */
export function findProgram(name: ProgramName): string | undefined {
  if (process.env["DEWAR_WITHOUT"]?.split(",").includes(name)) return undefined;
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/opt/homebrew/bin"];
  const { commands, trial } = programs.find((program) => program.name === name) ?? { commands: [] };
  return commands
    .flatMap((command) =>
      command.startsWith("/") ? globSync(command) : folders.map((folder) => join(folder, command)),
    )
    .find((file) => isExecutable(file) && (trial === undefined || spawnSync(file, trial).status === 0));
}

export function howToInstall(name: ProgramName): string {
  const { apt, elsewhere } = programs.find((program) => program.name === name) ?? {};
  return `${name}: apt-get install ${apt} (macOS: ${elsewhere})`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
