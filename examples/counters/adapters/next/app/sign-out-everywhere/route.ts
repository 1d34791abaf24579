import { getSession } from "dewar";
import { manager } from "@/lib/session";
import { onSubmit } from "@/lib/submit";

export const POST = onSubmit(async () => {
  const { subject, id = "" } = getSession();
  if (subject !== undefined) await manager.revokeAll(subject, { except: id });
  getSession().logout();
});
