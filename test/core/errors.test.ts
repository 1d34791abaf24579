import { expect, it, onTestFinished, vi } from "vitest";
import { SessionError } from "../../src/core/errors.ts";

it("tells the log of an error in one line of bounded length, whatever the server said", () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const cause = new Error(`refused\r\ndewar: a forged entry\u001b[31m ${"x".repeat(10_000)}`);
  new SessionError("ERR_STORE", "the session store failed on read", { cause }).getResponse();
  const line = String(log.mock.calls[0]?.[0]);
  expect(line).toMatch(
    /^dewar: ERR_STORE: the session store failed on read \(refused dewar: a forged entry \[31m x+\)$/,
  );
  expect(line.length).toBeLessThan(400);
});
