import type { Drawing } from "./views/drawings.ts";

export interface Product {
  id: string;
  name: string;
  group: Group;
  /** In cents. */
  price: number;
  /** How long it keeps what you put in: the one thing that every product here has in common. */
  keeps: string;
  summary: string;
  story: string;
  drawing: Drawing;
}

export type Group = "Flasks" | "Teas" | "Camp";

export const groups: readonly { name: Group; line: string }[] = [
  { name: "Flasks", line: "Two walls with nothing in between." },
  { name: "Teas", line: "Something worth keeping warm." },
  { name: "Camp", line: "For where the socket is not." },
];

export const products: readonly Product[] = [
  {
    id: "traveller",
    name: "Traveller flask",
    group: "Flasks",
    price: 3800,
    keeps: "24 hours hot",
    summary: "Half a litre, and a cup for a lid.",
    story:
      "Pour it at breakfast, drink it at the summit. The lid is a cup, the cup is a lid, and neither leaks in a bag.",
    drawing: "flask",
  },
  {
    id: "expedition",
    name: "Expedition flask",
    group: "Flasks",
    price: 5400,
    keeps: "48 hours hot",
    summary: "A full litre with a handle for mittens.",
    story: "Made for two people and a long night. The handle is wide enough for a gloved hand, the base for a slope.",
    drawing: "jug",
  },
  {
    id: "soup-jar",
    name: "Soup jar",
    group: "Flasks",
    price: 2900,
    keeps: "9 hours hot",
    summary: "Wide enough for a spoon.",
    story: "Yesterday's dinner, today's lunch. The mouth takes a ladle, the spoon lives in the lid.",
    drawing: "jar",
  },
  {
    id: "lapsang",
    name: "Smokehouse Lapsang",
    group: "Teas",
    price: 1250,
    keeps: "3 years dry",
    summary: "Dried over pine, tastes of the fire.",
    story: "Black leaves from Fujian, dried over smouldering pine. One spoon makes a flask; two make a point.",
    drawing: "smokeTin",
  },
  {
    id: "sencha",
    name: "First-flush Sencha",
    group: "Teas",
    price: 1480,
    keeps: "1 year dry",
    summary: "Green, grassy, awake by the second sip.",
    story:
      "The first leaves of the year, steamed the day they are picked. Let the water cool a little before you pour.",
    drawing: "leafTin",
  },
  {
    id: "mint",
    name: "Mint & nettle",
    group: "Teas",
    price: 890,
    keeps: "2 years dry",
    summary: "No caffeine, no hurry.",
    story: "Peppermint and young nettle from one field. Good after dinner, better in a tent while it rains.",
    drawing: "mintTin",
  },
  {
    id: "mug",
    name: "Enamel mug",
    group: "Camp",
    price: 1400,
    keeps: "20 minutes hot",
    summary: "White with a blue rim, as it should be.",
    story: "Steel under glass. It chips with honour, sits on embers, and holds 350 ml of whatever you have.",
    drawing: "mug",
  },
  {
    id: "kettle",
    name: "Camp kettle",
    group: "Camp",
    price: 3200,
    keeps: "40 minutes hot",
    summary: "Boils a litre on anything that burns.",
    story: "A low, wide base finds the heat, a long spout finds the cup. Hang it, or stand it on the stove.",
    drawing: "kettle",
  },
  {
    id: "lantern",
    name: "Storm lantern",
    group: "Camp",
    price: 4600,
    keeps: "16 hours lit",
    summary: "One filling lasts the night.",
    story: "A flame behind glass that no wind gets at. Turn it low, and it lasts from dusk to well after coffee.",
    drawing: "lantern",
  },
];

const byId = new Map(products.map((product) => [product.id, product]));

export function findProduct(id: string): Product | undefined {
  return byId.get(id);
}

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export function price(cents: number): string {
  return euros.format(cents / 100);
}
