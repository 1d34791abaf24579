import { getSession } from "dewar";
import { onSubmit } from "@/lib/submit";

export const POST = onSubmit(() => getSession().logout());
