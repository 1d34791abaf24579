import { access } from "node:fs/promises";
import { pathOf } from "../../stores/lib/connect/local.ts";
import { parseUrl } from "../../stores/lib/connect/url.ts";
import { failed, usage } from "./exit.ts";

/** The file or directory that a store's URL names, where it is one on this machine's disk. */
export function localPathIn(url: string): string | undefined {
  try {
    const parts = parseUrl(url);
    const path = parts.scheme === "file" || parts.scheme === "sqlite" ? pathOf(parts) : undefined;
    return path === ":memory:" ? undefined : path;
  } catch (error) {
    // A URL that can't be one is the fault of who typed it.
    throw error instanceof TypeError ? usage(error.message) : error;
  }
}

/** Whoever looks into a file that isn't there mistyped it, and shouldn't be told of no sessions in a new one. */
export async function assertThere(path: string | undefined): Promise<void> {
  if (path === undefined || (await isThere(path))) return;
  throw failed(`there is nothing at ${path}; "dewar setup" makes it`);
}

export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
