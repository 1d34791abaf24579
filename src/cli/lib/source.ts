import type { Duration } from "../../core/duration.ts";
import { milliseconds } from "../../core/duration.ts";
import type { SessionManager } from "../../core/manager.ts";
import type { Store } from "../../store.ts";
import { connectStore } from "../../stores/index.ts";
import { assertOwn, findConfig, loadConfig } from "./config.ts";
import { failed, usage } from "./exit.ts";
import type { Io } from "./io.ts";
import { assertThere, localPathIn } from "./local-path.ts";
import { redact } from "./redact.ts";
import { UrlManager } from "./url-manager.ts";

/** What the options `--store`, `--config` and their companions say. */
export interface SourceOptions {
  store?: string;
  config?: string;
  lifetime?: Duration;
  idleTimeout?: Duration;
}

/** Where the sessions are, and what is known of the application that keeps them. */
export interface Source {
  /** For questions and headings: `redis://localhost:6379/0`, without credentials, or the name of the configuration. */
  name: string;
  manager: SessionManager;
  /** The store itself, where `--store` or `DEWAR_STORE` named one. */
  store?: Store;
  /** Milliseconds, where it is known: each use makes a session end that much later. */
  idleTimeout?: number;
}

const DEFAULT_IDLE_TIMEOUT = "7d";

/** Opens what the options name; else `DEWAR_STORE`; else the configuration in the working directory. */
export async function openSource(options: SourceOptions, io: Io, hint: (text: string) => void): Promise<Source> {
  if (options.store !== undefined && options.config !== undefined) {
    throw usage("--store and --config: give one of them");
  }
  if (options.config !== undefined) return fromConfig(options.config, options, io);
  const url = options.store ?? (io.env["DEWAR_STORE"] || undefined);
  const found = options.store === undefined ? await findConfig(io.cwd) : undefined;
  if (url === undefined && found !== undefined) {
    await assertOwn(found, io.cwd);
    return fromConfig(found, options, io);
  }
  if (url === undefined) {
    throw usage("Which store? Give --store URL, or DEWAR_STORE in the environment, or --config FILE");
  }
  if (found !== undefined) hint(`DEWAR_STORE counts here; for ${found}, give --config ${found}`);
  return fromUrl(url, options);
}

/** The store that a URL names. Errors say so of the URL, and never hold its password. */
export async function openStore(url: string): Promise<Store> {
  try {
    return await connectStore(url);
  } catch (error) {
    if (error instanceof TypeError) throw usage(error.message);
    throw failed(error instanceof Error ? error.message : "the store can't be opened", error);
  }
}

/** With spaces and quotes in them too: of a URL alone it is sure where they end. */
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i;

/** A store's URL for people: without credentials, and without options. */
export function nameOf(url: string): string {
  return redact(url.replace(/[?#].*$/s, "").replace(CREDENTIALS, "$1***@"));
}

async function fromConfig(file: string, options: SourceOptions, io: Io): Promise<Source> {
  for (const name of ["lifetime", "idleTimeout"] as const) {
    if (options[name] === undefined) continue;
    throw usage(`--${name === "lifetime" ? "lifetime" : "idle-timeout"}: only with --store; ${file} says it`);
  }
  return { name: file, manager: await loadConfig(file, io.cwd) };
}

async function fromUrl(url: string, { lifetime, idleTimeout = DEFAULT_IDLE_TIMEOUT }: SourceOptions): Promise<Source> {
  await assertThere(localPathIn(url));
  const store = await openStore(url);
  const manager = new UrlManager({ store, idleTimeout, ...(lifetime !== undefined && { lifetime }) });
  return { name: nameOf(url), manager, store, idleTimeout: milliseconds(idleTimeout, "idleTimeout") };
}
