import { hash } from "node:crypto";

/** By which cachelib names its files: md5 up to version 0.15, sha256 from 0.17 on. */
export type Digest = "sha256" | "md5";

/** What isn't a session, in one place. cachelib passes over names that end so. */
export const OURS: string = "dewar.__wz_cache";

export function nameOf(digest: Digest, key: string): string {
  return hash(digest, key);
}

/** The file where cachelib counts the others. */
export function countName(digest: Digest): string {
  return nameOf(digest, "__wz_cache_count");
}
