import type { PyDict } from "../../src/flask/python/values.ts";

/** What applications keep, by how much it is as JSON. Flask compresses a cookie wherever that makes it shorter. */
export const sessions: Readonly<Record<string, PyDict>> = {
  "30 bytes": { user_id: 42, name: "alice" },
  "100 bytes": {
    user_id: 42,
    name: "alice",
    csrf_token: "q7ZkV2xXbN0rT5uYc9HdLw3EoPsAfGiJmKtBvR8y",
    lang: "de",
  },
  // Flask-Login's and Flask-WTF's keys.
  "300 bytes": {
    _fresh: true,
    _id:
      "6b8c1d0e4f9a27355c1e8b7d90a2f4634d8e5b6c7a1f302948576e8d9c0b1a2f" +
      "e4d3c2b1a0f9e8d7162534a5b6c7d8e9f00112837465a9bacbdcedfe0f1e2d3c",
    _user_id: "42",
    csrf_token: "9f2b7c4d1e6a8053b9d7f1e2c3a4958607b6c5d4",
    cart: [7, 1904, 33],
    lang: "de",
    theme: "dark",
  },
};
