import { html, type SafeHtml } from "@remix-run/html-template";
import { count, counted } from "../../inspect/words.ts";
import { addressOf } from "../address.ts";
import { byAge, byHour, bySize } from "../census/bars.ts";
import type { Moment } from "../census/census.ts";
import type { Estimate } from "../census/estimate.ts";
import type { Sample } from "../census/sample.ts";
import { chart } from "../chart.ts";
import { layout } from "../layout.ts";
import { pageResponse } from "../lib/response.ts";
import { clock, rounded, utc } from "../lib/text.ts";
import { noteIn } from "../note.ts";
import type { Visit } from "../visit.ts";
import { ago } from "./common.ts";
import { withoutListing } from "./unable.ts";

/** How many there are, and how they are spread. */
export async function overview(visit: Visit): Promise<Response> {
  const { query, seal, ability } = visit;
  const note = noteIn(query, seal);
  const content = ability === "all" ? await listed(visit) : withoutListing(ability);
  return pageResponse(layout({ title: "Overview", current: "overview", note, content }));
}

async function listed({ census, now }: Visit): Promise<SafeHtml> {
  const sample = await census.current();
  const { sampled, takenAt } = sample;
  const basis = sample.isAll ? "Of all sessions" : `Of ${count(sampled.length)} sessions that stand for all`;
  const unused = sampled.filter(({ lastUsedAt }) => lastUsedAt && now.getTime() - lastUsedAt.getTime() > 86_400_000);
  const earlier = unused.length === 0 ? "" : ` ${count(unused.length)} were last used earlier.`;
  return html`<h1>Overview</h1>
    <div class="two">
      <div>
        <dl class="totals">
          ${total("Sessions", sample.sessions, sampled.length)}
          ${total("Signed in", sample.signedIn)}
          ${total("Users", sample.users)}
        </dl>
        <p class="note">${howCounted(sample)} Looked at ${ago(takenAt, new Date())}.</p>
      </div>
      <div class="course">${course(census.moments)}</div>
    </div>
    <h2>How they are spread</h2>
    <p class="note">${basis}.</p>
    <div class="charts">
      ${chart({ id: "by-age", title: "By age", unit: "Age", bars: byAge(sampled, now), note: "Since the session was made." })}
      ${chart({
        id: "by-hour",
        title: "By hour of last use",
        unit: "Hour (UTC)",
        bars: byHour(sampled, now),
        every: 3,
        note: `In the last 24 hours, by the clock in UTC.${earlier}`,
      })}
      ${chart({ id: "by-size", title: "By size", unit: "Size", bars: bySize(sampled), note: "Of the records as they are stored, in KiB." })}
    </div>
    <h2>End everything</h2>
    <p class="soft">Signs everybody out. You are asked before anything happens.</p>
    <p class="deeds"><a class="button quiet" href="${addressOf({ page: "end-everything" })}">End every session …</a></p>`;
}

function total(name: string, estimate: Estimate | undefined, atLeast?: number): SafeHtml {
  return html`<div><dt>${name}</dt><dd>${
    estimate
      ? number(estimate)
      : atLeast
        ? html`${count(atLeast)} <small>or more</small>`
        : html`<span aria-hidden="true">–</span><small>unknown</small>`
  }</dd></div>`;
}

function number({ value, error }: Estimate): SafeHtml {
  if (error === 0) return html`${count(value)}`;
  return html`<span class="about">≈</span> ${count(rounded(value))} <small>± ${Math.ceil(error * 100)} %</small>`;
}

function howCounted({ isAll, sessions, sampled }: Sample): string {
  if (isAll) return "Counted.";
  if (sessions === undefined)
    return `Only ${counted(sampled.length, "session")} were looked at; how many more there are, this store doesn’t tell.`;
  return `Estimated from ${counted(sampled.length, "session")}; nineteen times out of twenty within the bounds given.`;
}

function course(moments: readonly Moment[]): SafeHtml {
  const [first] = moments;
  if (first === undefined)
    return html`<h2>Over time</h2><p class="note">Not known: the store doesn’t tell how many there are.</p>`;
  const since = `Looked at every five minutes since ${utc(first.at)}, by this process, a day back at the most`;
  if (moments.length < 3)
    return html`<h2>Over time</h2><p class="note">${since}. There is a chart when there is something to see.</p>`;
  const note = `${since}.`;
  const told = moments.flatMap(({ at, users }) => (users === undefined ? [] : [{ at, estimate: users }]));
  return html`${curve(
    "Sessions over time",
    "Sessions",
    moments.map(({ at, sessions }) => ({ at, estimate: sessions })),
    note,
  )}
    ${told.length < 3 ? null : curve("Users over time", "Users", told, note)}`;
}

function curve(
  title: string,
  counts: string,
  points: readonly { at: Date; estimate: Estimate }[],
  note: string,
): SafeHtml {
  const bars = points.map(({ at, estimate: { value, error } }) => ({
    label: utc(at),
    short: clock(at),
    count: error === 0 ? value : rounded(value),
  }));
  const id = counts.toLowerCase();
  return chart({
    id,
    title,
    counts,
    unit: "Time",
    bars,
    every: Math.ceil(bars.length / 6),
    wide: true,
    level: 2,
    note,
  });
}
