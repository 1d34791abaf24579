import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  assertGone,
  assertHolds,
  assertSameBytes,
  born,
  bytes,
  forEach,
  listIds,
  living,
  meta,
  newId,
  type StoreTests,
} from "./kit.ts";

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, value) => value);
const NOT_UTF8 = Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x0d, 0x0a);
/** What back ends are known to confuse: case, spaces, wildcards, quotes, separators, names of their own. */
const LOOK_ALIKES = "bob BOB Bob bob* bob? b[o]b bob% b_b bo_ bob' bob\" bob\\ bob: bob:bob /bob ../bob . .. {bob} b\tb"
  .split(" ")
  .concat(
    "bob ",
    " bob",
    "bo b",
    "b\nb",
    "0",
    "00",
    "-1",
    "1e3",
    "NULL",
    "null",
    "__proto__",
    "constructor",
    "subject",
    "a\r\nb",
    "$where",
    "a.b",
    "con",
    "CON",
    "nul.txt",
    "%00",
    "bob;--",
  );
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/** Payloads and ids are bytes: kept as they are, compared as they are, and shared with nobody. */
export function testBytes({ test, maxBytes, lists, holdsId }: StoreTests): void {
  const longest = longestId(holdsId);
  const payloads: [name: string, payload: Uint8Array][] = [
    ["every byte value", EVERY_BYTE],
    ["bytes that are no UTF-8", NOT_UTF8],
    ["no bytes at all", new Uint8Array()],
    ["one zero byte", Uint8Array.of(0)],
    ["100 kB", Buffer.alloc(Math.min(100_000, maxBytes), EVERY_BYTE)],
    ["as many bytes as it takes", Buffer.alloc(maxBytes, EVERY_BYTE)],
    ["a view into a larger buffer", EVERY_BYTE.subarray(100, 110)],
  ];
  for (const [name, payload] of payloads) {
    test(`keeps and compares ${name}`, async (store) => {
      const id = await born(store, payload);
      const first = await living(store, id);
      assertSameBytes(first.payload, payload);
      assert.equal(await store.replace(id, bytes("between"), first.version, meta()), "ok");
      const second = await living(store, id);
      assert.equal(await store.replace(id, payload, first.version, meta()), "conflict");
      assert.equal(await store.replace(id, payload, second.version, meta()), "ok");
      await assertHolds(store, id, payload);
    });
  }

  test("payloads that differ in one bit, or in length alone, are a conflict", async (store) => {
    const stored = bytes("payload");
    const others = [
      bytes("pbyload"),
      bytes("payloa"),
      bytes("payload "),
      bytes("payload\0"),
      bytes("Payload"),
      bytes(""),
    ];
    const id = await born(store, stored);
    for (const other of others) {
      const { version } = await living(store, await born(store, other));
      assert.equal(await store.replace(id, bytes("new"), version, meta()), "conflict");
    }
    await assertHolds(store, id, stored);
  });

  for (const [kind, copy] of [
    ["Uint8Array", (payload: Uint8Array) => new Uint8Array(payload)],
    ["Buffer", (payload: Uint8Array) => Buffer.from(payload)],
  ] as const) {
    test(`changing a ${kind} after it was written changes nothing`, async (store) => {
      const written = copy(bytes("created"));
      const id = await born(store, written);
      written.fill(0);
      await assertHolds(store, id, bytes("created"));
      const replacing = copy(bytes("replaced"));
      assert.equal(await store.replace(id, replacing, (await living(store, id)).version, meta()), "ok");
      replacing.fill(0);
      await assertHolds(store, id, bytes("replaced"));
    });
  }

  test("changing what was read changes nothing", async (store) => {
    const id = await born(store, bytes("payload"));
    (await living(store, id)).payload.fill(0);
    await assertHolds(store, id, bytes("payload"));
  });

  test("ids that look alike are different sessions", async (store) => {
    const ids = [...LOOK_ALIKES, "x".repeat(longest - 1), "x".repeat(longest)].filter(holdsId);
    for (const id of ids) assert.equal(await store.create(id, bytes(`of ${id}`), meta()), "ok", id);
    for (const id of ids) await assertHolds(store, id, bytes(`of ${id}`));
    for (const [index, id] of ids.entries()) {
      assert.equal(await store.delete(id), true, id);
      await assertGone(store, id);
      const next = ids[index + 1];
      if (next) await assertHolds(store, next, bytes(`of ${next}`));
    }
  });

  test("every ASCII character can stand in an id", async (store) => {
    const ids = ASCII.flatMap((character) => [character, `a${character}b`]).filter(holdsId);
    await forEach(ids, async (id) => assert.equal(await store.create(id, bytes(`of ${id}`), meta()), "ok"));
    await forEach(ids, (id) => assertHolds(store, id, bytes(`of ${id}`)));
    if (lists) assert.deepEqual((await listIds(store, {})).sort(), ids.toSorted());
  });

  test("an id of 255 characters differs from one that ends otherwise", async (store) => {
    const start = newId()
      .repeat(6)
      .slice(0, longest - 1);
    assert.equal(await store.create(`${start}a`, bytes("a"), meta()), "ok");
    assert.equal(await store.create(`${start}b`, bytes("b"), meta()), "ok");
    await assertHolds(store, `${start}a`, bytes("a"));
  });

  const unfit = ["x".repeat(MOST_CHARACTERS), ...ASCII].filter((id) => !holdsId(id));
  if (unfit.length > 0) {
    test("an id that it can't hold is missing, and can't be created", async (store) => {
      const { version } = await living(store, await born(store));
      for (const id of unfit) {
        await assert.rejects(store.create(id, bytes("payload"), meta()));
        await assertGone(store, id);
        assert.equal(await store.replace(id, bytes("new"), version, meta()), "gone");
        assert.equal(await store.delete(id), false);
      }
    });
  }
}

const MOST_CHARACTERS = 255;

/** How many characters an id can have. */
function longestId(holdsId: (id: string) => boolean): number {
  let length = MOST_CHARACTERS;
  while (length > 1 && !holdsId("x".repeat(length))) length--;
  return length;
}

/** Subjects that are different users, however alike they look. */
export const SUBJECTS: readonly string[] = [
  ...LOOK_ALIKES,
  "é",
  "e\u0301",
  "𝒷𝑜𝒷",
  "ｂｏｂ",
  "straße",
  "STRASSE",
  "x".repeat(254),
  "x".repeat(255),
  "é".repeat(127),
];
