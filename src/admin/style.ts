/** The style sheet: system fonts, one column of text, one accent. Stands in each page, so that nothing is fetched. */
export const style: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --raised: #ffffff; --ink: #1d1c1a; --soft: #67635c; --rule: #e4e0d8; --faint: #f1eee8;
  --accent: #0b6653; --bar: #2f8f78; --bar-most: #0b6653; --danger: #a32a1e; --danger-ink: #ffffff; --told: #e3f1ec;
  --focus: #0b6653;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141413; --raised: #1c1b1a; --ink: #eceae6; --soft: #a39e96; --rule: #34312d; --faint: #211f1d;
    --accent: #79d0b6; --bar: #3f9a82; --bar-most: #79d0b6; --danger: #ff9a8b; --danger-ink: #2a0a05; --told: #16312a;
    --focus: #79d0b6;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 76rem; padding: 0 clamp(1rem, 4vw, 3rem); background: var(--paper); color: var(--ink);
  font: 1rem/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--raised); padding: .5rem 1rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 2rem;
  padding: 1.1rem 0; border-bottom: 1px solid var(--rule);
}
nav ul { display: flex; gap: 1.75rem; list-style: none; margin: 0; padding: 0; }
header nav a { display: block; padding: .35rem 0; color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent; }
header nav a:hover { color: var(--ink); }
header nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
[role=search] { display: flex; gap: .5rem; flex: 0 1 24rem; }
input {
  flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--soft);
  border-radius: .4rem; padding: .45rem .75rem;
}
input::placeholder { color: var(--soft); opacity: 1; }
button, .button {
  display: inline-block; font: inherit; font-weight: 600; cursor: pointer; text-decoration: none; color: var(--ink);
  background: var(--raised); border: 1px solid var(--soft); border-radius: .4rem; padding: .45rem 1rem;
}
button:hover, .button:hover { border-color: var(--ink); }
.button.quiet { color: var(--danger); border-color: var(--danger); background: transparent; }
button.danger { color: var(--danger-ink); background: var(--danger); border-color: var(--danger); }

main { padding: 1rem 0 4rem; min-height: 60vh; }
h1 { font-size: clamp(1.7rem, 1.3rem + 1.6vw, 2.4rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 650; margin: 1.5rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.2rem; letter-spacing: -.01em; margin: 3.5rem 0 .25rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .5rem 0; max-width: 65ch; }
.lead, .note, footer, .soft { color: var(--soft); }
.note { font-size: .875rem; }
.told { background: var(--told); border-left: 3px solid var(--accent); padding: .7rem 1rem; margin: 1rem 0; max-width: none; }
.warning { border-left: 3px solid var(--danger); padding: .2rem 0 .2rem 1rem; margin: 1.25rem 0; }
code, .id { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .9em; }
footer { border-top: 1px solid var(--rule); padding: 1.25rem 0 2rem; font-size: .875rem; }

.two { display: grid; gap: 1rem clamp(2rem, 6vw, 5rem); }
.totals { display: grid; grid-template-columns: repeat(2, max-content); gap: 1.25rem 3rem; margin: 1.5rem 0 1rem; }
.totals div { display: flex; flex-direction: column-reverse; }
.totals div:first-child { grid-column: 1 / -1; }
.totals dt { color: var(--soft); }
.totals dd { margin: 0; font-size: 2rem; line-height: 1.15; letter-spacing: -.03em; font-weight: 600; }
.totals div:first-child dd { font-size: clamp(3.25rem, 2.4rem + 3.6vw, 5.25rem); line-height: 1; margin-bottom: .35rem; }
.totals .about { font-weight: 400; color: var(--soft); font-size: .7em; }
.totals small { font-size: .95rem; letter-spacing: 0; font-weight: 400; color: var(--soft); white-space: nowrap; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17.5rem), 1fr)); gap: 2.5rem clamp(1.5rem, 4vw, 3.5rem); margin: 1.25rem 0; }
.chart { margin: 0; min-width: 0; }
.chart svg { display: block; width: 100%; height: auto; margin-top: .5rem; overflow: visible; }
.chart rect { fill: var(--bar); }
.chart rect:hover { fill: var(--bar-most); }
.chart .foot { stroke: var(--rule); }
.chart text { fill: var(--soft); font-size: 12px; }
.chart .most { fill: var(--ink); font-weight: 600; }
.course { align-self: end; min-width: 0; }
.course h2 { margin-top: 1.5rem; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; width: fit-content; }
summary:hover { color: var(--ink); }
.figures { border-collapse: collapse; margin: .75rem 0; font-size: .875rem; min-width: 60%; }
.figures th, .figures td { text-align: left; font-weight: 400; padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid var(--rule); }
.figures thead th { color: var(--soft); }
.figures td, .figures thead th:last-child { text-align: right; padding-right: 0; }

.list { width: 100%; border-collapse: collapse; margin: 1.5rem 0; font-size: .9375rem; }
.list th { text-align: left; font-weight: 400; color: var(--soft); font-size: .875rem; }
.list th, .list td { padding: .7rem 1.25rem .7rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.list td.number, .list th.number { text-align: right; padding-right: 0; white-space: nowrap; }
.list tbody tr:hover { background: var(--faint); }
.list .who { font-weight: 600; }
.list .nobody { font-weight: 400; }
.list td .soft { display: block; font-size: .875rem; }
.mine { display: inline-block; font-size: .75rem; font-weight: 600; color: var(--accent); border: 1px solid currentColor; border-radius: 1rem; padding: 0 .5rem; margin-left: .35rem; white-space: nowrap; }
.pages { display: flex; flex-wrap: wrap; gap: .5rem; }
.deeds { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 1.5rem 0; }

.facts { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 2rem; margin: 1.5rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; min-width: 0; }
.tree ul { list-style: none; margin: 0; padding: 0 0 0 1.1rem; border-left: 1px solid var(--rule); }
.tree > ul { padding: 0; border: 0; }
.tree li { padding: .2rem 0; }
.tree summary { color: inherit; font-size: inherit; }
.tree .key { font-weight: 600; margin-right: .6rem; }
.tree .number { font-weight: 400; color: var(--soft); }
.tree .kind, .tree .more { color: var(--soft); font-size: .875rem; }
.tree .text { white-space: pre-wrap; }
.tree .other { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .9em; color: var(--accent); }
.tree .masked { color: var(--soft); background: var(--faint); border-radius: .25rem; padding: .05rem .5rem; font-size: .875rem; }
.tree { background: var(--raised); border: 1px solid var(--rule); border-radius: .6rem; padding: .9rem 1.1rem; margin: 1rem 0; }

@media (min-width: 60rem) {
  .two { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); }
  .two h2 { margin-top: 1.5rem; }
}
@media (max-width: 46rem) {
  .course text { font-size: 16px; }
  [role=search] { flex: 1 1 100%; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .9rem; }
  .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list, .list tbody { display: block; }
  .list tr { display: grid; grid-template-columns: 1fr 1fr; gap: .15rem 1rem; padding: .9rem 0; border-bottom: 1px solid var(--rule); }
  .list tr td, .list td.number { border: 0; padding: 0; text-align: left; white-space: normal; }
  .list .wide { grid-column: 1 / -1; }
  .list td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .875rem; }
  .list td[data-label] .soft { display: inline; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { header form, .deeds, .pages { display: none; } }
`;
