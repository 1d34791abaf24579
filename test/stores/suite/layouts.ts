import { type Broken, broken, foreign, listed } from "./broken.ts";

/** A store that is said to be on a layout of another system's. */
function onAnothers(...fault: Parameters<typeof broken>): Broken {
  const store = broken(...fault);
  return { ...store, suite: { ...foreign, ...store.suite } };
}

export const layouts: readonly Broken[] = [
  onAnothers(
    "a list of one subject alone, though others write too",
    "lists all when asked for a subject, whatever the limit, from a cursor on",
    () => ({}),
  ),
  onAnothers(
    "a limit that leaves out a subject's later sessions",
    "lists all when asked for a subject, whatever the limit, from a cursor on",
    (good) => ({ list: ({ subject, ...filter }) => listed(good, filter) }),
  ),
  onAnothers("a guess whose it is", "tells of no session whose it is", (good) => ({
    async *list({ subject = "", ...filter }) {
      for await (const session of listed(good, filter)) yield { ...session, subject };
    },
  })),
  onAnothers("an id cut short", "an id that it can't hold is missing, and can't be created", (good) => ({
    create: (id, ...rest) => good.create(id.slice(0, 100), ...rest),
    read: (id, renewal) => good.read(id.slice(0, 100), renewal),
  })),
];
