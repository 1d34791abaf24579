import { type Sample, sample } from "./sample.ts";

/** The bare application has no session: it does the same work on this one object. */
const bare: Sample = sample();

const sessionOf = (request: object): Sample => (request as { session?: Sample }).session ?? bare;

/** What the application does for each scenario, whatever its framework. Each answers with a small JSON body. */
export const handlers: Record<"untouched" | "read" | "write" | "new", (request: object) => object> = {
  untouched: () => ({ status: "ok" }),
  read(request) {
    const { user, cart } = sessionOf(request);
    return { name: user.name, lines: cart.lines.length };
  },
  write(request) {
    const line = sessionOf(request).cart.lines[0];
    if (!line) throw new Error("the session has no cart");
    line.quantity = (line.quantity % 9) + 1;
    return { quantity: line.quantity };
  },
  new(request) {
    Object.assign(sessionOf(request), sample());
    return { status: "ok" };
  },
};
