import { type Html, html } from "./html.ts";

// Flat drawings on a 240 × 180 sheet, standing on y = 158. Their colours are classes of shop.css, so that they follow the theme.

const steam = (x: number, y: number): Html => html`
  <g class="steam" transform="translate(${x} ${y})">
    <path d="M0 0c-7-9 7-13 0-22M14 2c-6-8 6-12 0-20M-14 2c-6-8 6-12 0-20"/>
  </g>`;

const speckles = (x: number, y: number): Html => html`
  <g class="blue speckles" transform="translate(${x} ${y})">
    <circle cx="3" cy="4" r="1.5"/><circle cx="22" cy="12" r="1.2"/><circle cx="10" cy="24" r="1.6"/>
    <circle cx="34" cy="30" r="1.3"/><circle cx="42" cy="8" r="1.5"/><circle cx="25" cy="40" r="1.2"/>
  </g>`;

const tin = (ribbon: string, emblem: Html): Html => html`
  <rect class="steel" x="82" y="48" width="76" height="110" rx="8"/>
  <rect class="${ribbon}" x="82" y="66" width="76" height="74"/>
  <rect class="steel-dark" x="78" y="36" width="84" height="20" rx="6"/>
  <circle class="enamel" cx="120" cy="103" r="27"/>
  ${emblem}
  <rect class="gloss" x="90" y="62" width="7" height="90" rx="3.5"/>`;

const drawings = {
  flask: html`
    <rect class="enamel" x="97" y="22" width="46" height="38" rx="7"/>
    <rect class="blue" x="97" y="52" width="46" height="6"/>
    <rect class="steel" x="101" y="60" width="38" height="8"/>
    <path class="blue" d="M101 68h38c9 4 15 12 15 22v60a8 8 0 0 1-8 8H94a8 8 0 0 1-8-8V90c0-10 6-18 15-22z"/>
    <rect class="enamel" x="86" y="104" width="68" height="5"/><rect class="signal" x="86" y="113" width="68" height="14"/>
    <rect class="gloss" x="94" y="88" width="7" height="62" rx="3.5"/>`,
  jug: html`
    <path class="handle" d="M160 72h16a12 12 0 0 1 12 12v34a12 12 0 0 1-12 12h-16"/>
    <rect class="steel-dark" x="92" y="18" width="56" height="26" rx="7"/>
    <rect class="steel" x="98" y="44" width="44" height="9"/>
    <path class="enamel" d="M96 53h48c11 4 20 13 20 25v72a8 8 0 0 1-8 8H84a8 8 0 0 1-8-8V78c0-12 9-21 20-25z"/>
    <path class="blue" d="M76 142h88v8a8 8 0 0 1-8 8H84a8 8 0 0 1-8-8zM76 76h88v6H76z"/>
    ${speckles(98, 90)}`,
  jar: html`
    <rect class="steel-dark" x="82" y="44" width="76" height="30" rx="8"/>
    <path class="ribs" d="M95 50v18M107 50v18M120 50v18M133 50v18M145 50v18"/>
    <rect class="steel" x="86" y="74" width="68" height="8"/>
    <path class="signal" d="M84 82h72c8 2 12 8 12 16v50a10 10 0 0 1-10 10H82a10 10 0 0 1-10-10V98c0-8 4-14 12-16z"/>
    <rect class="enamel" x="72" y="108" width="96" height="26"/>
    <path class="bowl" d="M108 116h24a12 12 0 0 1-24 0z"/>
    <rect class="gloss" x="80" y="94" width="7" height="56" rx="3.5"/>`,
  smokeTin: tin(
    "ink",
    html`<path class="signal" d="M120 84c3 10 13 13 13 25a13 13 0 0 1-26 0c0-7 4-10 6-15 2 3 3 5 4 7 3-5 4-10 3-17z"/>`,
  ),
  leafTin: tin(
    "green",
    html`<path class="green" d="M104 118c-4-20 12-34 33-32 3 21-11 38-33 32z"/><path class="vein" d="M104 118c8-10 15-17 24-23"/>`,
  ),
  mintTin: tin(
    "blue",
    html`<path class="green" d="M120 124c-16-4-20-16-17-26 10 1 16 8 17 16 1-8 7-15 17-16 3 10-1 22-17 26zM120 104c-8-6-9-14 0-22 9 8 8 16 0 22z"/>`,
  ),
  mug: html`
    ${steam(114, 58)}
    <path class="handle" d="M156 90h10a18 18 0 0 1 0 40h-14"/>
    <path class="enamel" d="M70 74h90l-5 74a11 11 0 0 1-11 10H86a11 11 0 0 1-11-10z"/>
    <rect class="blue" x="66" y="68" width="98" height="9" rx="4.5"/>
    ${speckles(88, 94)}`,
  kettle: html`
    <path class="handle" d="M82 82c0-56 76-56 76 0"/>
    <path class="blue" d="M158 112c18-2 18-28 34-34l6 8c-12 8-12 46-38 52z"/>
    <path class="blue" d="M70 150c-6-40 14-74 50-74s56 34 50 74a9 9 0 0 1-9 8H79a9 9 0 0 1-9-8z"/>
    <path class="enamel" d="M94 82c14-8 38-8 52 0l-3 6H97z"/><circle class="signal" cx="120" cy="72" r="7"/>
    <path class="gloss" d="M84 146c-2-20 2-36 12-46l5 4c-8 9-11 24-9 42z"/>`,
  lantern: html`
    <path class="handle" d="M84 96c-8-84 80-84 72 0"/>
    <path class="steel-dark" d="M102 44h36l6 14H96z"/>
    <path class="glow" d="M98 62h44c14 18 14 44 0 62H98c-14-18-14-44 0-62z"/>
    <path class="signal" d="M120 74c3 11 13 14 13 27a13 13 0 0 1-26 0c0-7 4-11 6-16 2 3 3 5 4 7 3-5 4-11 3-18z"/>
    <path class="blue" d="M94 124h52l10 26a8 8 0 0 1-8 8H92a8 8 0 0 1-8-8z"/><rect class="enamel" x="88" y="140" width="64" height="5"/>
    <path class="cage" d="M98 62c-14 18-14 44 0 62M142 62c14 18 14 44 0 62"/>`,
};

export type Drawing = keyof typeof drawings;

export function drawing(name: Drawing): Html {
  return html`<svg class="drawing" viewBox="0 0 240 180" aria-hidden="true" focusable="false">
    <ellipse class="shadow" cx="120" cy="158" rx="78" ry="6"/>${drawings[name]}</svg>`;
}

/** The picture at the top: dusk, hills, and a flask that is warmer than both. */
export const landscape: Html = html`<svg class="landscape" viewBox="0 0 520 300" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
  <circle class="sun" cx="352" cy="118" r="52"/>
  <path class="hill-far" d="M-560 262l150-62 96 40 128-92 110 60 76-44 86 10 58 10 92-104 82 84 60-38 142 96v140H-560z"/>
  <path class="hill-near" d="M-560 262c200-30 330 22 470-8 110-24 220-48 326-22s190 22 284-16v84H-560z"/>
  <path class="ground" d="M-560 284c300-4 420-22 780-26 120 0 220 4 300 14v32H-560z"/>
  <g transform="translate(96 112)">${drawings.flask}</g>
  <g transform="translate(190 112)">${drawings.mug}</g>
</svg>`;

export function deviceIcon(phone: boolean): Html {
  return phone
    ? html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect x="9" y="3" width="14" height="26" rx="3"/><path d="M14 25h4"/></svg>`
    : html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect x="5" y="6" width="22" height="15" rx="2"/><path d="M2 26h28"/></svg>`;
}
