import { html, type SafeHtml } from "@remix-run/html-template";
import type { SessionInfo } from "../../index.ts";
import { deviceWords } from "../../inspect/device-words.ts";
import { bytes, counted } from "../../inspect/words.ts";
import { addressOf } from "../address.ts";
import { layout } from "../layout.ts";
import { pageResponse } from "../lib/response.ts";
import { visible } from "../lib/text.ts";
import { noteIn } from "../note.ts";
import { treeOf } from "../tree.ts";
import { ownSession, type Visit } from "../visit.ts";
import { deviceHint, outside, when } from "./common.ts";
import { trouble } from "./trouble.ts";

type Use = NonNullable<SessionInfo["device"]>["last"];

/** One session, with its sensitive values masked unless `reveal`. */
export async function session(visit: Visit, id: string, reveal = false): Promise<Response> {
  const [info, mine] = await Promise.all([visit.manager.get(id), ownSession(visit)]);
  if (info === undefined) return trouble("gone");
  if (reveal) await visit.audit({ type: "reveal", id, ...(info.subject !== undefined && { subject: info.subject }) });
  const { subject } = info;
  const title = subject === undefined ? "Session" : `Session of ${visible(subject, 60)}`;
  const content = html`<h1>${subject === undefined ? "Session of nobody signed in" : html`Session of ${outside(subject)}`}</h1>
    ${info.id === mine ? html`<p class="lead">This is your own session.</p>` : null}
    <div class="two"><div>
    ${facts(info, visit)}
    <p class="deeds">
      <a class="button quiet" href="${addressOf({ page: "end-session", id })}">End this session …</a>
      ${subject === undefined || visit.ability !== "all" ? null : html`<a href="${addressOf({ page: "sessions", user: subject, trail: [] })}">All sessions of this user</a>`}
    </p>
    </div><div>${data(info, visit, reveal)}</div></div>`;
  const note = noteIn(visit.query, visit.seal);
  return pageResponse(layout({ title, note, content }), { hasForm: true });
}

function facts(info: SessionInfo, { now }: Visit): SafeHtml {
  const { id, createdAt, authenticatedAt, lastUsedAt, expiresAt, permanent, size, device } = info;
  return html`<dl class="facts">
    <dt>Id</dt><dd class="id">${id}</dd>
    <dt>Made</dt><dd>${when(createdAt, now)}${device && html`<br>${use(device.first)}`}</dd>
    ${authenticatedAt && html`<dt>Signed in</dt><dd>${when(authenticatedAt, now)}</dd>`}
    <dt>Last use</dt><dd>${when(lastUsedAt, now)}${device && html`<br>${use(device.last)}`}
      ${device === undefined ? html`<br><span class="soft">${deviceHint}</span>` : null}</dd>
    <dt>Ends</dt><dd>${when(expiresAt, now)}, or sooner if it isn’t used</dd>
    <dt>Cookie</dt><dd>${permanent ? "outlives the browser" : "ends with the browser"}</dd>
    <dt>Size</dt><dd>${bytes(size)} of the record, as stored</dd>
  </dl>`;
}

function use({ userAgent, address }: Use): SafeHtml {
  return html`${outside(deviceWords(userAgent), 80)}${address === undefined ? null : html`, ${outside(address, 60)}`}
    ${userAgent === undefined ? null : html`<br><span class="soft">${outside(userAgent)}</span>`}`;
}

function data({ id, data: values }: SessionInfo, { seal }: Visit, reveal: boolean): SafeHtml {
  const { tree, masked } = treeOf(values, { reveal });
  const isEmpty = Object.keys(values).length === 0;
  return html`<h2>Data</h2>
    ${isEmpty ? html`<p class="soft">There are none.</p>` : html`<div class="tree">${tree}</div>`}
    ${
      masked === 0
        ? null
        : html`<form method="post" enctype="text/plain" action="${addressOf({ page: "reveal", id })}" class="deeds">
            <input type="hidden" name="token" value="${seal.token(`reveal ${id}`)}">
            <button>Show what is masked</button>
            <span class="soft">${counted(masked, "value")} that ${masked === 1 ? "looks" : "look"} sensitive</span>
          </form>`
    }
    ${reveal ? html`<p class="note">Nothing is masked. <a href="${addressOf({ page: "session", id })}">Mask it again</a></p>` : null}`;
}
