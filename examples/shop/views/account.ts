import type { SessionInfo } from "dewar";
import { deviceName } from "../device.ts";
import { deviceIcon, drawing } from "./drawings.ts";
import { type Html, html } from "./html.ts";

export const LONGEST_NAME = 60;

export function signInPage({ name = "", error }: { name?: string; error?: string } = {}): Html {
  return html`<section class="panel">
    <h1>Sign in</h1>
    <p>Any name will do. Sign in under the same name in another browser, and each sees the other under “Your devices”.</p>
    <form method="post" action="/sign-in" novalidate>
      <label for="name">Your name</label>
      ${error && html`<p class="wrong" id="wrong">${error}</p>`}
      <input id="name" name="name" value="${name}" autocomplete="username" required maxlength="${LONGEST_NAME}"
        ${error && html`aria-invalid="true" aria-describedby="wrong" autofocus`}>
      <button class="button">Sign in</button>
    </form>
  </section>`;
}

interface Devices {
  /** Undefined where sessions can't be listed. */
  devices: SessionInfo[] | undefined;
  thisId: string | undefined;
  now: Date;
}

export function devicesPage({ devices, thisId, now }: Devices): Html {
  if (!devices) return notListedPage();
  return html`<div class="title">
    <div><h1>Your devices</h1><p>Everywhere you are signed in. End what you don't know, or no longer use.</p></div>
    ${
      devices.length > 1 &&
      html`<form method="post" action="/devices/end-others"><button class="quiet">End all others</button></form>`
    }
  </div>
  <ul class="devices">${devices.map((device) => deviceItem(device, device.id === thisId, now))}</ul>
  <p class="small">${devices.length === 1 && "No other device is signed in under your name. "}The last use is noted every few hours: to read a page shouldn't cost a write.</p>`;
}

function deviceItem({ id, data, authenticatedAt, lastUsedAt }: SessionInfo, isThis: boolean, now: Date): Html {
  const name = deviceName(data.device);
  return html`<li>
    ${deviceIcon(data.device?.phone ?? false)}
    <div class="what">
      <h2>${name} ${isThis && html`<span class="badge">This device</span>`}</h2>
      <dl>
        <div><dt>First used</dt><dd>${moment(authenticatedAt)}</dd></div>
        <div><dt>Last used</dt><dd>${isThis ? "now" : lastUsedAt ? ago(lastUsedAt, now) : "unknown"}</dd></div>
      </dl>
    </div>
    ${
      isThis
        ? html`<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`
        : html`<form method="post" action="/devices/${id}/end"><button class="quiet">End<span class="unseen"> ${name}</span></button></form>`
    }
  </li>`;
}

function notListedPage(): Html {
  return html`<section class="empty">
    ${drawing("lantern")}
    <h1>Your devices can't be listed</h1>
    <p>The shop keeps each session in its visitor's cookie, so it doesn't know of any but this one, and can't end another.
      Start it with <code>--store sqlite</code> to see them here.</p>
    <a class="button" href="/">Back to the shop</a>
  </section>`;
}

const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const spans = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

function moment(date: Date | undefined): Html | string {
  return date ? html`<time datetime="${date.toISOString()}">${moments.format(date)}</time>` : "unknown";
}

function ago(date: Date, now: Date): Html {
  const seconds = (now.getTime() - date.getTime()) / 1000;
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ["minute", 60];
  const words = seconds < 60 ? "just now" : spans.format(-Math.floor(seconds / length), unit);
  return html`<time datetime="${date.toISOString()}">${words}</time>`;
}
