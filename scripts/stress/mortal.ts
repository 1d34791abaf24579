import type { Session } from "../../src/index.ts";
import type { Seat } from "./messages.ts";
import type { VisitKind } from "./operation.ts";
import { MORTAL, type MortalKind, numberIn, type Phase, subjectName, subjectsOf } from "./phases.ts";
import type { Seats } from "./seats.ts";
import type { Slot } from "./slot.ts";
import { numberOf, publicIdOf } from "./token.ts";
import { dataOf, type Visited, type Visitor } from "./visitor.ts";

/** How one process tells the others what it did to the sessions that they share. */
export interface News {
  seated(seat: Seat): void;
  vacant(seat: Seat): void;
}

type Action = (session: Session, slot: Slot) => void | Promise<void>;

const ACTIONS: Record<Exclude<VisitKind, "login" | "revoke">, Action> = {
  read() {},
  write(session, { key, random }) {
    dataOf(session)[key] = random.below(1000);
  },
  update(session) {
    return session.update((data) => {
      const counted = data as Record<string, number>;
      counted["count"] = (counted["count"] ?? 0) + 1;
    });
  },
  regenerate(session) {
    session.regenerate();
  },
  logout(session) {
    session.logout();
  },
  destroy(session) {
    session.destroy();
  },
};

/** Requests on sessions that come and go: each may move or end what others are just using. */
export class Mortal {
  readonly #phase: Phase;
  readonly #index: number;
  readonly #visitor: Visitor;
  readonly #seats: Seats;
  readonly #news: News;
  readonly #weights: Partial<Record<MortalKind, number>>;

  constructor(phase: Phase, index: number, visitor: Visitor, seats: Seats, news: News, canList: boolean) {
    this.#phase = phase;
    this.#index = index;
    this.#visitor = visitor;
    this.#seats = seats;
    this.#news = news;
    const { list, revokeAll, ...rest } = MORTAL;
    this.#weights = canList ? MORTAL : rest;
  }

  async request(slot: Slot): Promise<void> {
    const vacant = this.#seats.takeVacant();
    if (vacant !== undefined) return this.login(slot, vacant, undefined, this.#anySubject(slot));
    const kind = slot.random.pick(this.#weights);
    const seat = this.#seats.any(slot.random);
    switch (kind) {
      case "past":
        return this.#visit("read", slot, this.#seats.anyPast(slot.random));
      case "loginSame":
        return this.login(slot, seat.seat, seat, seat.subject);
      case "loginOther":
        return this.login(slot, seat.seat, seat, this.#anySubject(slot));
      case "revoke":
        return this.#revoke(slot, seat);
      case "revokeAll":
        return this.#revokeAll(slot, seat.subject);
      case "list":
        return this.list("list", slot, seat.subject);
      default:
        return this.#visit(kind, slot, seat);
    }
  }

  /** Logs a user in, in a session that is there or a new one. */
  async login(slot: Slot, seat: number, from: Seat | undefined, subject: number): Promise<void> {
    const start = slot.now();
    const visited = await this.#visitor.visit(from?.token, (session) => session.login(subjectName(subject)));
    this.#note("login", slot, start, from, visited, subject);
    if (visited.token !== undefined) this.#news.seated({ seat, token: visited.token, subject });
    // Else nobody would ever sit there again.
    else if (from === undefined) this.#seats.vacate(seat);
  }

  async list(kind: "list" | "listAtRest", slot: Slot, subject: number): Promise<void> {
    const start = slot.now();
    const tokens: number[] = [];
    const outcome = await this.#visitor.attempt(async () => {
      for await (const { id } of this.#visitor.manager.list({ subject: subjectName(subject) })) {
        tokens.push(numberOf(id));
      }
    });
    slot.record({ kind, subject, tokens, start, end: slot.now(), outcome });
  }

  async #visit(kind: keyof typeof ACTIONS, slot: Slot, seat: Seat): Promise<void> {
    const start = slot.now();
    const visited = await this.#visitor.visit(seat.token, (session) =>
      // What is written to a session that isn't there would begin another.
      session.isNew ? undefined : ACTIONS[kind](session, slot),
    );
    this.#note(kind, slot, start, seat, visited, seat.subject);
    if (visited.token !== undefined) this.#news.seated({ ...seat, token: visited.token });
    else if (visited.live === false || kind === "logout" || kind === "destroy") this.#leave(seat);
  }

  async #revoke(slot: Slot, seat: Seat): Promise<void> {
    const start = slot.now();
    let live = false;
    const outcome = await this.#visitor.attempt(async () => {
      live = await this.#visitor.manager.revoke(publicIdOf(seat.token));
    });
    this.#note("revoke", slot, start, seat, { outcome, live, token: undefined }, seat.subject);
    this.#leave(seat);
  }

  async #revokeAll(slot: Slot, subject: number): Promise<void> {
    const start = slot.now();
    const outcome = await this.#visitor.attempt(async () => {
      await this.#visitor.manager.revokeAll(subjectName(subject));
    });
    slot.record({ kind: "revokeAll", subject, tokens: [], start, end: slot.now(), outcome });
  }

  #note(kind: VisitKind, slot: Slot, start: number, seat: Seat | undefined, visited: Visited, subject: number): void {
    // It failed before it saw or did anything.
    if (visited.live === undefined) return;
    const token = seat === undefined ? 0 : numberOf(publicIdOf(seat.token));
    const born = visited.token === undefined ? 0 : numberOf(publicIdOf(visited.token));
    const { outcome, live } = visited;
    slot.record({ kind, token, live: Number(live), subject, born, start, end: slot.now(), outcome });
  }

  #leave(seat: Seat): void {
    if (this.#seats.holds(seat)) this.#news.vacant(seat);
  }

  #anySubject({ random }: Slot): number {
    return numberIn(this.#index, random.below(subjectsOf(this.#phase)));
  }
}
