import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder on a disk that can be made full. */
export interface Disk {
  folder: string;
  /** What a write to it fails with while it is full. */
  error: RegExp;
  fill(): void;
  free(): void;
  remove(): void;
}

const SIZE = 4 * 2 ** 20;

/**
 * A small disk in memory where this process may mount one; else a folder where the system lets it write nothing more to any
 * file, which needs no rights.
 */
export function smallDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "dewar-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    return limitedFolder(folder);
  }
  return mountedDisk(folder);
}

function mountedDisk(folder: string): Disk {
  const filler = join(folder, "filler");
  return {
    folder,
    error: /ENOSPC|disk is full/,
    fill() {
      for (let size = SIZE; size >= 1; ) {
        try {
          writeFileSync(filler, new Uint8Array(size), { flag: "a" });
        } catch {
          size = Math.floor(size / 2);
        }
      }
    },
    free: () => unlinkSync(filler),
    remove() {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** By `prlimit`, of util-linux. Node ignores the signal that a write beyond the limit brings, and gets EFBIG. */
export function limitedFolder(folder: string): Disk {
  const limit = (size: string) => execFileSync("prlimit", [`--pid=${process.pid}`, `--fsize=${size}:`]);
  return {
    folder,
    error: /EFBIG|disk I\/O error|disk is full/,
    fill: () => limit("0"),
    free: () => limit("unlimited"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
