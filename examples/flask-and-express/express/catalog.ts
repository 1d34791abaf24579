import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Product {
  id: string;
  name: string;
  /** Cents. */
  price: number;
}

export const publicFolder: string = join(import.meta.dirname, "../public");

const catalog: Product[] = JSON.parse(readFileSync(join(publicFolder, "catalog.json"), "utf8"));
const products = new Map(catalog.map((product) => [product.id, product]));

export interface Line {
  product: Product;
  quantity: number;
}

/** A cart in words and prices. What is sold no more is left out. */
export function linesOf(cart: Record<string, number>): Line[] {
  return Object.entries(cart).flatMap(([id, quantity]) => {
    const product = products.get(id);
    return product ? [{ product, quantity }] : [];
  });
}

export function totalOf(lines: Line[]): number {
  return lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
}

export function money(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
