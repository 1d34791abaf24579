import { html, type SafeHtml } from "@remix-run/html-template";
import type { SessionInfo } from "../../index.ts";
import { deviceWords } from "../../inspect/device-words.ts";
import { bytes } from "../../inspect/words.ts";
import { addressOf, type Place } from "../address.ts";
import { layout } from "../layout.ts";
import { readBounded } from "../lib/bounded.ts";
import { pageResponse } from "../lib/response.ts";
import { visible } from "../lib/text.ts";
import { noteIn } from "../note.ts";
import { ownSession, type Visit } from "../visit.ts";
import { ago, deviceHint, outside } from "./common.ts";
import { withoutListing } from "./unable.ts";

const PAGE = 50;
/** Milliseconds for the whole page; the manager limits each step of it besides. */
const LONGEST = 15_000;

type Listing = Extract<Place, { page: "sessions" }>;

/** A page of the sessions of one user, or of all. */
export async function sessions(visit: Visit, place: Listing): Promise<Response> {
  const { user } = place;
  const title = user === undefined ? "All sessions" : `Sessions of ${visible(user, 60)}`;
  const page = { title, ...(user === undefined ? { current: "sessions" as const } : { find: user }) };
  const note = noteIn(visit.query, visit.seal);
  if (visit.ability !== "all") return pageResponse(layout({ ...page, note, content: withoutListing(visit.ability) }));
  return pageResponse(layout({ ...page, note, content: await listing(visit, place) }));
}

async function listing(visit: Visit, place: Listing): Promise<SafeHtml> {
  const { user, after } = place;
  const filter = { ...(user !== undefined && { subject: user }), ...(after !== undefined && { after }) };
  const [mine, { items }] = await Promise.all([
    ownSession(visit),
    // One more, to know whether there is a next page.
    isSubject(user)
      ? readBounded(visit.manager.list({ ...filter, limit: PAGE + 1, order: "any" }), PAGE + 1, LONGEST)
      : NOTHING,
  ]);
  const shown = items.slice(0, PAGE);
  const next = items.length > PAGE ? shown.at(-1)?.cursor : undefined;
  return html`${heading(user, items.length)}
    ${shown.length === 0 ? empty(place) : table(shown, visit, user, mine)}
    ${turning(place, next)}`;
}

const NOTHING: { items: SessionInfo[] } = { items: [] };

/** What no subject can be isn't looked for: stores may refuse it. */
function isSubject(user: string | undefined): boolean {
  if (user === undefined) return true;
  return user !== "" && user.isWellFormed() && !user.includes("\0") && Buffer.byteLength(user) <= 255;
}

function heading(user: string | undefined, found: number): SafeHtml {
  if (user === undefined) {
    return html`<h1>All sessions</h1>
      <p class="lead">In the order of the store, which is as good as chance. To find somebody’s, search for the user.</p>`;
  }
  const address = addressOf({ page: "end-user", user });
  return html`<h1>Sessions of ${outside(user)}</h1>
    ${found > 0 ? html`<p class="deeds"><a class="button quiet" href="${address}">End all of this user …</a></p>` : null}`;
}

function empty({ user, after }: Listing): SafeHtml {
  if (after !== undefined) return html`<p>There are no more.</p>`;
  if (user === undefined) return html`<p>There are no sessions.</p>`;
  return html`<p>There are none. A user is found by exactly what the application calls <code>login</code> with, a session by its
    whole id; upper and lower case matter.</p>`;
}

function table(shown: readonly SessionInfo[], { now }: Visit, user: string | undefined, mine?: string): SafeHtml {
  const hasDevices = shown.some(({ device }) => device !== undefined);
  return html`${hasDevices ? null : html`<p class="note">${deviceHint}</p>`}
    <table class="list" role="table">
      <thead role="rowgroup"><tr role="row">
        <th role="columnheader" scope="col">${user === undefined ? "User" : "Session"}</th>
        ${hasDevices ? html`<th role="columnheader" scope="col">Browser</th>` : null}
        <th role="columnheader" scope="col">First use</th>
        <th role="columnheader" scope="col">Last use</th>
        <th role="columnheader" scope="col">Ends</th>
        <th role="columnheader" scope="col" class="number">Size</th>
      </tr></thead>
      <tbody role="rowgroup">${shown.map((info) => row(info, { now, hasDevices, isMine: info.id === mine, isNamed: user === undefined }))}</tbody>
    </table>`;
}

interface Row {
  now: Date;
  hasDevices: boolean;
  isMine: boolean;
  /** By its user; else, where that is the same in all rows, by its id. */
  isNamed: boolean;
}

function row(info: SessionInfo, { now, hasDevices, isMine, isNamed }: Row): SafeHtml {
  const { id, subject, createdAt, lastUsedAt, expiresAt, size } = info;
  const short = html`<span class="id">${id.slice(0, 12)}…</span>`;
  const who = subject === undefined ? html`not signed in` : outside(subject, 80);
  const address = addressOf({ page: "session", id });
  return html`<tr role="row">
    <td role="cell" class="wide">
      ${
        isNamed
          ? html`<a class="who${subject === undefined ? " nobody" : ""}" href="${address}">${who}<span class="unseen">, session ${id.slice(0, 12)}</span></a>`
          : html`<a href="${address}">${short}</a>`
      }
      ${isMine ? html`<span class="mine">yours</span>` : null}
      ${isNamed ? html`<span class="soft">${short}</span>` : null}</td>
    ${hasDevices ? html`<td role="cell" class="wide">${device(info)}</td>` : null}
    <td role="cell" data-label="First">${ago(createdAt, now)}</td>
    <td role="cell" data-label="Last">${ago(lastUsedAt, now)}</td>
    <td role="cell" data-label="Ends">${ago(expiresAt, now)}</td>
    <td role="cell" data-label="Size" class="number">${bytes(size)}</td>
  </tr>`;
}

function device({ device: use }: SessionInfo): SafeHtml {
  if (use === undefined) return html`<span class="soft">not recorded</span>`;
  const { userAgent, address } = use.last;
  return html`${outside(deviceWords(userAgent), 80)}
    ${address === undefined ? null : html`<span class="soft">${outside(address, 60)}</span>`}`;
}

/** "Previous" knows the way by the trail in the address: a cursor leads forward only. */
function turning({ user, after, trail }: Listing, next: string | undefined): SafeHtml | null {
  if (after === undefined && next === undefined) return null;
  const to = (cursor: string | undefined, way: readonly string[]) =>
    addressOf({
      page: "sessions",
      ...(user !== undefined && { user }),
      ...(cursor !== undefined && { after: cursor }),
      trail: way,
    });
  const before = trail.at(-1);
  return html`<nav class="pages" aria-label="Pages of the list">
    ${after === undefined ? null : html`<a class="button" href="${to(undefined, [])}">First</a>`}
    ${after !== undefined && before !== undefined ? html`<a class="button" rel="prev" href="${to(before === START ? undefined : before, trail.slice(0, -1))}">Previous</a>` : null}
    ${next === undefined ? null : html`<a class="button" rel="next" href="${to(next, [...trail, after ?? START])}">Next</a>`}
  </nav>`;
}

/** In a trail: the first page, which is after nothing. */
const START = "-";
