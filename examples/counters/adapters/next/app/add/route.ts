import { getSession } from "dewar";
import { onSubmit } from "@/lib/submit";

export const POST = onSubmit(() =>
  // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
  getSession().update((data) => {
    data.count = (data.count ?? 0) + 1;
  }),
);
