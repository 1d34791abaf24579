/** What a session held at one moment. */
export interface Content {
  /** Who was logged in. */
  subject?: string | undefined;
  data: Record<string, unknown>;
}

/**
 * One request of either application to a session. Each update of ours and each request of Flask's writes a serial of its own
 * over the one that it read, its parent: so the serials of a session are a tree, and a branch that died is an overwritten
 * write.
 */
export interface Visit {
  by: "ours" | "flask";
  /** Milliseconds: before it was sent, and after its answer was there. */
  start: number;
  end: number;
  status: number;
  /** What our request was given. Absent where there was no session. */
  found?: Content;
  /** All that Flask's request left; Flask writes it whole, whatever stands there by then. */
  left?: Content;
  /** `parent` is unknown where Flask failed. */
  written?: { serial: string; parent?: string | undefined };
  /** What our request stored under a key of its own, for the commit to merge. */
  kept?: { key: string; value: string };
  ended?: Ended;
}

/** The whole session, or only that `subject` is logged in, as `logout_user` does. */
export interface Ended {
  what: "session" | "login";
  subject: string;
}

/** All requests to one session; the first made it, the last is a look of ours when all others were answered. */
export interface Round {
  visits: Visit[];
  /** What stands under other tokens that the round led to. */
  elsewhere: Content[];
}
