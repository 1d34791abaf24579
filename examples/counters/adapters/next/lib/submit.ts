import { isForeignForm } from "./forms";
import { withSession } from "./session";

/** A route that a form of the page is sent to. It does its work, and leads back to the page unless it answers itself. */
export function onSubmit(work: (request: Request) => unknown): (request: Request) => Promise<Response> {
  return withSession(async (request) => {
    if (isForeignForm(request)) return new Response("This form was sent from another site.", { status: 403 });
    const answer = await work(request);
    return answer instanceof Response ? answer : new Response(null, { status: 303, headers: { Location: "/" } });
  });
}
