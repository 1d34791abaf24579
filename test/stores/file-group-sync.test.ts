import { expect, it } from "vitest";
import { GroupSync } from "../../src/stores/lib/file/group-sync.ts";

it("lets those who wait share a call that began after each asked, and tells each its own fault", async () => {
  const calls: PromiseWithResolvers<void>[] = [];
  const syncs = new GroupSync(() => {
    const call = Promise.withResolvers<void>();
    calls.push(call);
    return call.promise;
  });
  const outcome = (call: Promise<void>) => call.then(() => "done", String);
  const first = outcome(syncs.run("a"));
  const [second, third] = [outcome(syncs.run("a")), outcome(syncs.run("a"))];
  const other = outcome(syncs.run("b"));
  expect(calls).toHaveLength(2);
  calls[0]?.reject("EIO");
  calls[1]?.resolve();
  expect(await Promise.all([first, other])).toEqual(["EIO", "done"]);
  await expect.poll(() => calls.length).toBe(3);
  calls[2]?.resolve();
  expect(await Promise.all([second, third])).toEqual(["done", "done"]);
  const last = outcome(syncs.run("a"));
  expect(calls).toHaveLength(4);
  calls[3]?.resolve();
  expect(await last).toBe("done");
});
