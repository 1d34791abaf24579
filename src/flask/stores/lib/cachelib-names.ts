import { countName, type Digest, nameOf } from "../../../stores/lib/file/names.ts";

const DIGESTS: readonly Digest[] = ["sha256", "md5"];
const FILE = /^([0-9a-f]{32}|[0-9a-f]{64})$/;
const COUNTS = new Set(DIGESTS.map(countName));
/** No token has a colon, so that no cookie reaches a session by the name of its file. */
const HANDLE = "file:";

/** The files in which a session may be. */
export interface Names {
  /** Where it is written. */
  own: string;
  /** Where another version of cachelib has put it. */
  other: string | undefined;
}

/** Which files are sessions, and which are whose. */
export class CachelibNames {
  readonly #digest: Digest;
  readonly #prefix: string;

  constructor(digest: Digest, prefix: string) {
    this.#digest = digest;
    this.#prefix = prefix;
  }

  of(id: string): Names {
    const name = id.startsWith(HANDLE) ? id.slice(HANDLE.length) : "";
    if (isSessionFile(name)) return { own: name, other: undefined };
    const [own, other] = this.#digest === "sha256" ? DIGESTS : DIGESTS.toReversed();
    const key = this.#prefix + id;
    return { own: nameOf(own ?? "sha256", key), other: nameOf(other ?? "md5", key) };
  }

  /** What a session is listed as: its file doesn't tell its id. */
  handleOf(name: string): string {
    return HANDLE + name;
  }
}

/** Whether cachelib may have named a file so, but for the ones where it counts. */
export function isSessionFile(name: string): boolean {
  return FILE.test(name) && !COUNTS.has(name);
}
