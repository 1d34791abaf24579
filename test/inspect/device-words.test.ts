import { expect, it } from "vitest";
import { deviceWords } from "../../src/inspect/device-words.ts";
import { cpuTime } from "../lib/elapsed.ts";

const IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

it.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox 133 on Windows"],
  [`${IOS} Version/17.4 Mobile/15E148 Safari/604.1`, "Safari 17 on iOS"],
  ["curl/8.5.0", "curl 8"],
  ["Mozilla/5.0", "an unknown browser"],
  ["?", "an unknown browser"],
  ["", "an unknown browser"],
  [undefined, "an unknown browser"],
])("%s", (userAgent, words) => expect(deviceWords(userAgent)).toBe(words));

it("isn't kept busy by a long header", async () => {
  const took = await cpuTime(() => {
    for (const part of ["Version/1 ", "(", "Chrome/", " ", "a;"]) deviceWords(part.repeat(1_000_000));
  });
  expect(took).toBeLessThan(500);
});
