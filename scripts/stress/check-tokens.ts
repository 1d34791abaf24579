import type { Rule, Violation } from "./check.ts";
import type { Operation, SubjectCall, Visit } from "./operation.ts";

/** What is known of one token. */
class Life {
  subject = -1;
  /** When its birth was acknowledged, and the one that `regenerate` made it from. */
  born: number = Number.POSITIVE_INFINITY;
  from: number | undefined;
  /** From when on it must be dead, and why. */
  dead: number = Number.POSITIVE_INFINITY;
  why: Rule = "what ended stays ended";
  /** When the last request began that found it alive. */
  seen: number = Number.NEGATIVE_INFINITY;

  endBy(time: number, why: Rule): void {
    if (time >= this.dead) return;
    this.dead = time;
    this.why = why;
  }
}

interface Call {
  start: number;
  end: number;
  tokens: readonly number[];
}

const REASONS: Partial<Record<Visit["kind"], Rule>> = {
  logout: "what ended stays ended",
  destroy: "what ended stays ended",
  revoke: "what ended stays ended",
  login: "the old token is dead",
  regenerate: "the old token is dead",
};

/** Holds sessions to: what ended is dead from then on, under every token; and lists hold what lives, and only that. */
export class Tokens {
  readonly #lives = new Map<number, Life>();
  readonly #revokes = new Map<number, Call[]>();
  readonly #lists = new Map<number, Call[]>();
  readonly #listsAtRest: Call[] = [];
  #unknownBirths = 0;

  add(operation: Operation & (Visit | SubjectCall)): void {
    if ("tokens" in operation) this.#addCall(operation);
    else this.#addVisit(operation);
  }

  violations(): Violation[] {
    for (const life of this.#lives.values()) this.#applyRevokes(life);
    return [...this.#revived(), ...this.#wrongLists(), ...this.#strangers()];
  }

  #addVisit({ kind, token, live, subject, born, start, end, outcome }: Operation & Visit): void {
    if (token !== 0) {
      const life = this.#life(token);
      if (live) life.seen = Math.max(life.seen, start);
      // Whoever found it dead is a witness, and nobody may find it alive afterwards.
      if (outcome === "ended" || (outcome === "done" && !live)) life.endBy(end, "what ended stays ended");
      const reason = REASONS[kind];
      if (outcome === "done" && reason !== undefined) life.endBy(end, reason);
    }
    if (born !== 0) {
      const life = this.#life(born);
      life.subject = subject;
      life.born = end;
      if (kind === "regenerate") life.from = token;
    }
    if (outcome === "unknown" && (kind === "login" || kind === "regenerate")) this.#unknownBirths++;
  }

  #addCall({ kind, subject, start, end, outcome, tokens }: Operation & SubjectCall): void {
    if (outcome !== "done") return;
    const calls = kind === "revokeAll" ? this.#revokes : this.#lists;
    const call = { start, end, tokens };
    const before = calls.get(subject);
    if (before) before.push(call);
    else calls.set(subject, [call]);
    if (kind === "listAtRest") this.#listsAtRest.push(call);
  }

  /** A revokeAll ends what was alive when it began, and what was regenerated from that, whenever it was. */
  #applyRevokes(life: Life): void {
    let born = life.born;
    for (let ancestor = this.#from(life); ancestor; ancestor = this.#from(ancestor))
      born = Math.min(born, ancestor.born);
    for (const { start, end } of this.#revokes.get(life.subject) ?? []) {
      if (born < start) life.endBy(end, "revokeAll leaves none");
    }
  }

  *#revived(): Generator<Violation> {
    for (const [token, { dead, why, seen }] of this.#lives) {
      if (seen > dead) yield { rule: why, what: `token ${token} was dead by ${dead} ns, and alive at ${seen} ns` };
    }
  }

  *#wrongLists(): Generator<Violation> {
    const rule = "a list is exact";
    const families = Map.groupBy(this.#lives, ([, { subject }]) => subject);
    for (const [subject, lists] of this.#lists) {
      for (const { start, end, tokens } of lists) {
        const listed = new Set(tokens);
        if (listed.size < tokens.length) yield { rule, what: `a list of subject ${subject} holds a session twice` };
        for (const [token, life] of families.get(subject) ?? []) {
          const lived = life.born < start && life.seen > end;
          if (lived && !listed.has(token)) yield { rule, what: `a list of subject ${subject} lacks token ${token}` };
        }
        for (const token of tokens) {
          const life = this.#lives.get(token);
          if (life === undefined) continue;
          if (life.dead < start) yield { rule, what: `a list of subject ${subject} holds token ${token}, dead before` };
          if (life.subject !== subject) yield { rule, what: `a list of subject ${subject} holds another's, ${token}` };
        }
      }
    }
  }

  /** At rest, a session that nobody was told of can only be one whose birth has an unknown outcome. */
  *#strangers(): Generator<Violation> {
    const strangers = this.#listsAtRest.flatMap(({ tokens }) => tokens.filter((token) => !this.#lives.has(token)));
    if (strangers.length > this.#unknownBirths) {
      const what = `${strangers.length} sessions live that nobody was told of; ${this.#unknownBirths} births are unknown`;
      yield { rule: "a list is exact", what };
    }
  }

  #from({ from }: Life): Life | undefined {
    return from === undefined ? undefined : this.#lives.get(from);
  }

  #life(token: number): Life {
    const life = this.#lives.get(token) ?? new Life();
    this.#lives.set(token, life);
    return life;
  }
}
