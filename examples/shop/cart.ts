import { randomInt } from "node:crypto";
import { getSession, session } from "dewar";
import { findProduct, type Product } from "./catalog.ts";

declare module "dewar" {
  interface SessionData {
    /** How many of each product, by its id. */
    cart?: Record<string, number>;
    /** The order placed last. */
    order?: Order;
  }
}

export interface Order {
  number: string;
  pieces: number;
  total: number;
}

export interface CartLine {
  product: Product;
  quantity: number;
}

export const MOST_OF_ONE = 20;

export function cartLines(cart = session.cart): CartLine[] {
  return Object.entries(cart ?? {}).flatMap(([id, quantity]) => {
    const product = findProduct(id);
    return product ? [{ product, quantity }] : [];
  });
}

export function pieces(lines: CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function total(lines: CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.product.price, 0);
}

/**
 * A cart changes by what it holds, and two tabs may change it at once. `update` reads, changes and writes as one step, so
 * both changes count. What depends on nothing that was there before is simply assigned: see `session.device`.
 */
export async function changeQuantity({ id }: Product, change: (before: number) => number): Promise<void> {
  await getSession().update((data) => {
    const cart = data.cart ?? {};
    const after = Math.min(change(cart[id] ?? 0), MOST_OF_ONE);
    if (after > 0) cart[id] = after;
    else delete cart[id];
    if (Object.keys(cart).length > 0) data.cart = cart;
    else delete data.cart;
  });
}

/** Turns the cart into an order: once, however often the button is pressed. False if there was nothing to order. */
export async function placeOrder(): Promise<boolean> {
  let placed = false;
  await getSession().update((data) => {
    const lines = cartLines(data.cart);
    placed = lines.length > 0;
    if (!placed) return;
    data.order = { number: `KW-${randomInt(100_000, 1_000_000)}`, pieces: pieces(lines), total: total(lines) };
    delete data.cart;
  });
  return placed;
}
