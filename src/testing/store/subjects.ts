import assert from "node:assert/strict";
import { SUBJECTS } from "./bytes.ts";
import { assertSameBytes, born, bytes, listAll, listIds, living, meta, newId, type StoreTests } from "./kit.ts";

/** `list` knows whose the sessions are, or says of nobody that he has none. */
export function testSubjects({ test, subjects }: StoreTests): void {
  if (!subjects) {
    test("lists all when asked for a subject, whatever the limit, from a cursor on", async (store) => {
      for (const subject of ["ann", "bob", undefined]) await born(store, bytes("payload"), meta(undefined, subject));
      const all = await listAll(store, {});
      assert.equal(all.length, 3);
      for (const [index, { cursor }] of all.entries()) {
        const rest = all.slice(index + 1).map(({ id }) => id);
        assert.deepEqual(await listIds(store, { subject: "ann", after: cursor, limit: 1 }), rest);
      }
      assert.deepEqual(
        await listIds(store, { subject: newId(), limit: 1 }),
        all.map(({ id }) => id),
      );
    });

    test("tells of no session whose it is", async (store) => {
      await born(store, bytes("payload"), meta(undefined, "ann"));
      const [session, ...more] = await listAll(store, { subject: "bob" });
      assert.ok(session);
      assert.deepEqual([session.subject, more], [undefined, []]);
    });
    return;
  }

  test("lists a subject's own sessions, as they are now", async (store) => {
    const id = await born(store, bytes("old"), meta(undefined, "ann"));
    await born(store, bytes("his"), meta(undefined, "bob"));
    await born(store);
    assert.equal(
      await store.replace(id, bytes("new"), (await living(store, id)).version, meta(undefined, "ann")),
      "ok",
    );
    for (const filter of [{ subject: "ann" }, { subject: "ann", order: "any" } as const]) {
      const [session, ...more] = await listAll(store, filter);
      assert.ok(session);
      assert.deepEqual([session.id, more], [id, []]);
      assert.equal(session.subject ?? "ann", "ann");
      assertSameBytes(session.payload, bytes("new"));
    }
  });

  test("replace never changes who is listed", async (store) => {
    const id = await born(store, bytes("hers"), meta(undefined, "ann"));
    const nobodys = await born(store, bytes("nobody's"));
    for (const [changed, subject] of [
      [id, "bob"],
      [id, undefined],
      [nobodys, "bob"],
    ] as const) {
      const { version } = await living(store, changed);
      assert.equal(await store.replace(changed, bytes("new"), version, meta(undefined, subject)), "ok");
    }
    assert.deepEqual(await listIds(store, { subject: "ann" }), [id]);
    assert.deepEqual(await listIds(store, { subject: "bob" }), []);
  });

  test("subjects that look alike are different users", async (store) => {
    const owners = new Map<string, string>();
    for (const subject of SUBJECTS) owners.set(subject, await born(store, bytes(subject), meta(undefined, subject)));
    for (const [subject, id] of owners) assert.deepEqual(await listIds(store, { subject }), [id], subject);
    assert.equal((await listIds(store, {})).length, SUBJECTS.length);
  });

  test("an unknown subject, and one that is another's start", async (store) => {
    await born(store, bytes("payload"), meta(undefined, "annabel"));
    assert.deepEqual(await listIds(store, { subject: "ann" }), []);
    assert.deepEqual(await listIds(store, { subject: newId() }), []);
  });
}
