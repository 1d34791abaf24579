import { getSession } from "dewar";
import { nameIn } from "@/lib/forms";
import { onSubmit } from "@/lib/submit";

export const POST = onSubmit(async (request) => {
  const form = new URLSearchParams(await request.text());
  const name = nameIn(form.get("name"));
  if (name === undefined) return new Response("A name has 1 to 60 characters.", { status: 422 });
  getSession().login(name);
});
