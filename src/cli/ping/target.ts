import { storeOf } from "../../core/engine.ts";
import type { SessionManager } from "../../core/manager.ts";
import type { Store } from "../../store.ts";
import type { Context } from "../lib/command.ts";
import { usage } from "../lib/exit.ts";
import { assertThere, isThere, localPathIn } from "../lib/local-path.ts";
import { nameOf, type SourceOptions } from "../lib/source.ts";
import { type BackEnd, openBackEnd } from "./back-end.ts";

/** A store that is looked after: by a URL with what is behind it, by a configuration without. */
export interface Target {
  name: string;
  store: Store;
  backEnd?: BackEnd;
  /** Where a directory or a file wasn't there before we opened it. */
  made?: string;
  close(): Promise<void>;
}

/** The store that the options name. `make`: also where that makes a directory or a file. */
export async function openTarget(context: Context, options: SourceOptions, make: boolean): Promise<Target> {
  const url = options.store ?? (options.config === undefined ? context.io.env["DEWAR_STORE"] || undefined : undefined);
  if (url !== undefined && options.config === undefined) return byUrl(url, make);
  const { name, manager } = await context.source();
  // The context closes what it opened.
  return { name, store: storeIn(manager, name), close: async () => {} };
}

async function byUrl(url: string, make: boolean): Promise<Target> {
  const path = localPathIn(url);
  if (!make) await assertThere(path);
  const isNew = path !== undefined && !(await isThere(path));
  const { store, backEnd } = await openBackEnd(url);
  return {
    name: nameOf(url),
    store,
    backEnd,
    ...(isNew && { made: path }),
    close: async () => store.close?.(),
  };
}

function storeIn(manager: SessionManager, name: string): Store {
  let store: Store | undefined;
  try {
    store = storeOf(manager);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usage(`${name}: its manager is of another copy of dewar than this command; give --store URL`);
  }
  if (store !== undefined) return store;
  throw usage(`${name}: its manager has no store: the sessions are in the visitors' cookies`);
}
