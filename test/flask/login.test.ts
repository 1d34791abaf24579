import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Client } from "../../src/core/manager.ts";
import { markLogin } from "../../src/flask/flask-login.ts";

function markOf(client: Client): unknown {
  const data: Record<string, unknown> = {};
  markLogin(data, client);
  expect(data["_fresh"]).toBe(true);
  return data["_id"];
}

describe("the identifier of Flask-Login", () => {
  it("is the one that Flask-Login 0.6.3 makes", () => {
    expect(markOf({ address: "127.0.0.1", userAgent: "Mozilla/5.0 (X11)" })).toBe(
      "4f74b47226a97d060dc88079a60f1bfa96562142b5ad6dc062d916b08a22c966757ea381d159ac8849c7fb4b79c7d2e4c70174df616933c7959683af904cb2d9",
    );
  });

  // The text that Python makes: f"{address.encode()}|{agent.encode()}".
  it.each<[client: Client, text: string]>([
    [{}, "None|None"],
    [{ address: "::1" }, "b'::1'|None"],
    [{ userAgent: "it's" }, `None|b"it's"`],
    [{ userAgent: 'say "hi"' }, `None|b'say "hi"'`],
    [{ userAgent: `it's "hi"` }, `None|b'it\\'s "hi"'`],
    [{ userAgent: "a\\b" }, "None|b'a\\\\b'"],
    [{ userAgent: "Zürich" }, "None|b'Z\\xc3\\xbcrich'"],
    [{ userAgent: "tab\tline\r\n\x00\x7f" }, "None|b'tab\\tline\\r\\n\\x00\\x7f'"],
    [{ address: "127.0.0.1", forwardedFor: "203.0.113.9, 10.0.0.1" }, "b'203.0.113.9'|None"],
    [{ address: "127.0.0.1", forwardedFor: "" }, "b''|None"],
  ])("of %j", (client, text) => {
    expect(markOf(client)).toBe(hash("sha512", text));
  });
});
