import type { PyDict } from "../../src/flask/python/values.ts";

/** What applications keep, as both sides can: by a name that says how much. */
export const sessions: Readonly<Record<string, PyDict>> = {
  "100 bytes": {
    user_id: 42,
    name: "alice",
    csrf_token: "q7ZkV2xXbN0rT5uYc9HdLw3EoPsAfGiJmKtBvR8y",
    lang: "de",
    fresh: true,
  },
  // Random text, which zlib can't make shorter.
  "300 bytes": {
    user_id: 42,
    name: "Agnes Pockels",
    csrf_token: "q7ZkV2xXbN0rT5uYc9HdLw3EoPsAfGiJmKtBvR8y",
    oauth: {
      state: "Xw4fJ0pQzUeM6cRkYt1NhBvS9gLaDiOj",
      nonce: "b8TqWm2LrVxZ5nKdHy7CsGf3PuEoAJ1k",
      verifier: "mV9cQxT4hRwNzK2pYbL7sJdF0gUeXoA6iHtPqMvB1kZrSyWn",
    },
    cart: [7, 1904, 33],
    total: 24.9,
    seen: 1700000000,
  },
  // Flask-Login's and Flask-WTF's keys: hexadecimal digits, of which zlib makes half as many.
  "300 bytes, Flask-Login": {
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
