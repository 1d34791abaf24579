import type { Store } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import type { Through } from "./messages.ts";

/** Opens the store of a place in this process, or what is to stand in its place. */
export async function openStore(url: string, through?: Through): Promise<Store> {
  const store = await connectStore(url);
  if (through === undefined) return store;
  const { [through.name]: wrap }: Record<string, (store: Store) => Store> = await import(through.module);
  if (wrap === undefined) throw new Error(`${through.module} exports no ${through.name}`);
  return wrap(store);
}
