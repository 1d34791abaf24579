import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import { startShop } from "./run-shop.ts";

describe.skipIf(!hasRedis)("the shop on Redis", () => {
  test("says so on a page of its own while Redis is away, and goes on when it is back", async () => {
    const redis = await startRedis({ appendonly: true });
    const shop = await startShop("--port", "0", "--store", redis.url);
    const added = await fetch(`${shop.url}/cart/mug/add`, { method: "POST", redirect: "manual" });
    const Cookie = added.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const openCart = () => fetch(`${shop.url}/cart`, { headers: { Cookie } });
    expect(await (await openCart()).text()).toContain("Enamel mug");

    await redis.kill();
    const away = await openCart();
    expect(away.status).toBe(503);
    expect(await away.text()).toContain("Back in a moment");
    expect((await fetch(shop.url)).status).toBe(200);

    await redis.restart();
    for (let tries = 0; tries < 100 && (await openCart()).status !== 200; tries++) await sleep(50);
    expect(await (await openCart()).text()).toContain("Enamel mug");

    expect((await shop.end()).code).toBe(0);
    await redis.stop();
  });
});
