import { type StoreName, storeNames } from "./stores.ts";

/** Tests that a line rests on: those of a file or folder, below a title that begins so. */
export interface Proof {
  file: string;
  titled?: string;
  /** Stores of which it isn't asked, while the line's other proofs are. */
  except?: readonly StoreName[];
}

/** A line of the table. */
export interface Row {
  guarantee: string;
  /** All of them are needed. */
  proofs: readonly Proof[];
  /** The stores that don't hold it, or have nothing to hold, and why. */
  excused?: Partial<Record<StoreName, string>>;
}

/** The suite of `dewar/testing`, once for each client. */
function suite(titled: string, except: readonly StoreName[] = []): Proof {
  return { file: "test/stores/", titled, except };
}

function storm(titled: string): Proof {
  return { file: "test/stress/stress.test.ts", titled, except: ["memory"] };
}

/** Two processes, one of them held at each of its calls. */
function held(titled: string): Proof {
  return { file: "test/interleavings/interleavings.test.ts", titled, except: ["redis-sentinel"] };
}

const NO_LIST =
  "Memcached drops what it likes when its memory is full: a list could lack what lives. So there is no `list`, and `revokeAll` rejects with `ERR_NOT_SUPPORTED`.";
const ONE_PROCESS = "It lives in one process, and with it.";
const NO_CONNECTION = "There is no connection that could be cut or fall silent.";
const NO_SERVER = "There is no server.";
const ELSEWHERE = "The server writes, and not the application's process: see the line on its restart.";
const SERVER_DISK = "The disk is the server's: to the application, this is a server that fails.";
const FORGETS =
  "Memcached keeps nothing on disk: when it ends, its users sign in again. What was ended doesn't come back.";
const TAKEN_OVER = "Another one takes over: see the next line.";
const NO_STANDBY =
  "Tests run it as one server. Who fails over, and what may be lost then, is a matter of how it is set up.";

const local: readonly StoreName[] = ["memory", "sqlite", "file"];
const failingOver: readonly StoreName[] = ["redis-cluster", "redis-sentinel"];
const servers: readonly StoreName[] = storeNames.filter((store) => !local.includes(store));

function excuse(names: readonly StoreName[], reason: string): Partial<Record<StoreName, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

export const rows: readonly Row[] = [
  {
    guarantee: "No acknowledged update is lost, however many write at once",
    proofs: [suite("races"), storm("no acknowledged update is lost"), held("a slow update")],
  },
  {
    guarantee: "Two requests that change different keys both keep their changes",
    proofs: [storm("no acknowledged key is lost"), held("a slow write")],
  },
  {
    guarantee: "99.9 % of updates are done in time, 256 at once on one session: none starves",
    proofs: [storm("updates are done in time")],
    excused: { memory: ONE_PROCESS },
  },
  {
    guarantee: "What was logged out, destroyed or revoked never comes back",
    proofs: [storm("what ended stays ended"), held("a slow logout")],
  },
  {
    guarantee: "After a login or a regeneration the old token is dead",
    proofs: [
      storm("the old token is dead"),
      held("a slow login"),
      held("a slow regenerate"),
      held("the token from before a login"),
      held("the token from before a regenerate"),
    ],
  },
  {
    guarantee: "The list of a user's sessions is exact",
    proofs: [suite("listing"), storm("a list is exact")],
    excused: { memcached: NO_LIST },
  },
  {
    guarantee: "`revokeAll` leaves no session of a user alive",
    proofs: [storm("revokeAll leaves none"), held("a slow revokeAll")],
    excused: { memcached: NO_LIST },
  },
  {
    guarantee: "What has expired is missing from then on",
    proofs: [suite("expiry"), held("a session expires while")],
  },
  {
    guarantee: "Using a session puts its end off, and never brings it nearer",
    proofs: [suite("renewal")],
  },
  {
    guarantee: "Data, ids and users are kept and compared byte for byte",
    proofs: [suite("bytes")],
  },
  {
    guarantee: "The rest of the contract: created once, replaced as read, two prefixes apart",
    proofs: [
      suite("life of a session"),
      suite("two on one back end", failingOver),
      // Its client is another column's, or there is none.
      suite("a faulty client", ["memory", "file", ...failingOver]),
    ],
  },
  {
    guarantee: "An answer is lost: a commit goes on, `update` says what it can't know, nothing is applied twice",
    proofs: [
      { file: "test/outage/cut.test.ts", except: failingOver },
      { file: "test/interleavings/lost-answers.test.ts" },
    ],
    excused: excuse(local, NO_CONNECTION),
  },
  {
    guarantee: "No answer comes: every request ends within `storeTimeout`",
    proofs: [
      { file: "test/outage/silence.test.ts", except: failingOver },
      { file: "test/outage/redis-failover.test.ts", except: servers.filter((store) => !failingOver.includes(store)) },
    ],
    excused: excuse(local, NO_CONNECTION),
  },
  {
    guarantee: "The server is killed and started again: what was acknowledged is there",
    proofs: [{ file: "test/outage/restart.test.ts" }],
    excused: { ...excuse(local, NO_SERVER), ...excuse(failingOver, TAKEN_OVER), memcached: FORGETS },
  },
  {
    guarantee: "The primary is killed: the next one takes over, with all that was replicated",
    proofs: [{ file: "test/outage/redis-failover.test.ts" }],
    excused: {
      ...excuse(local, NO_SERVER),
      ...excuse(["redis", "memcached", "postgres", "mysql", "mongodb"], NO_STANDBY),
    },
  },
  {
    guarantee: "`kill -9` while writing: nothing acknowledged is lost, nothing is unreadable or locked",
    proofs: [{ file: "test/crash/kill.test.ts" }],
    excused: { memory: ONE_PROCESS, ...excuse(servers, ELSEWHERE) },
  },
  {
    guarantee: "The disk is full, or read-only: an error, nothing lost, and on it goes afterwards",
    proofs: [{ file: "test/crash/full-disk.test.ts" }],
    excused: { memory: ONE_PROCESS, ...excuse(servers, SERVER_DISK) },
  },
];
