import { html, type SafeHtml } from "@remix-run/html-template";
import type { Ability } from "../visit.ts";

/** What can't be done with this store, and what can. */
export function withoutListing(ability: Exclude<Ability, "all">): SafeHtml {
  if (ability === "nothing") {
    return html`<h1>These sessions can’t be seen from here</h1>
      <p class="lead">They are kept in the cookies of the browsers, and nowhere else.</p>
      <p>So nobody can list them, look into one or end it. To end all of them at once, change the manager’s <code>secret</code>
      (and keep the old one out of the list). To see and end sessions one by one, give the manager a <code>store</code>.</p>`;
  }
  return html`<h1>These sessions can’t be listed</h1>
    <p class="lead">The store finds a session by its id, and doesn’t know which ones there are. Memcached is like that.</p>
    <p>What works here: to find one session by its id (from a log, or from <code>getSession().id</code>), look into it, and end it.</p>
    <p>What can’t be done with this store: to count and to list, to find the sessions of a user, to end all of a user or
    everything. To end everything, empty the store itself, or change its <code>prefix</code>.</p>`;
}
