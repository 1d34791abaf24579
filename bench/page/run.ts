import { pin } from "../pin.ts";
import { hosted } from "../place.ts";
import type { StoreName } from "../plan.ts";
import { progress } from "../progress.ts";
import { keep, kept } from "../results.ts";
import type { Options } from "../run.ts";
import { isAvailable, moduleOf } from "../stores/index.ts";
import type { StoreModule } from "../stores/store.ts";
import { plain } from "../tables.ts";
import { fill } from "./filled.ts";
import { measure } from "./measure.ts";
import { type PageReport, tableOf } from "./report.ts";

const measured = ["redis", "postgres", "mysql", "sqlite"] as const satisfies StoreName[];
const thorough = { sessions: 1_000_000, times: 21 };
const quick = { sessions: 10_000, times: 3 };

const fileOf = (store: StoreName): string => `page-${store}`;

/** How long an operator waits for the pages of `dewar/admin`: prints a table, and keeps it. */
export async function run({ only, quick: isQuick, upTo }: Options): Promise<void> {
  const unknown = only.find((word) => !measured.some((store) => store === word));
  if (unknown !== undefined) throw new TypeError(`--only: "${unknown}" is none of ${measured.join(", ")}`);
  const { sessions, times } = isQuick ? quick : { ...thorough, sessions: upTo ?? thorough.sessions };
  pin(process.pid, "server");
  for (const store of measured.filter((name) => only.length === 0 || only.includes(name))) {
    const module = await moduleOf(store);
    if (!module || !(await isAvailable(store))) continue;
    const report = await measureStore(store, module, sessions, times);
    progress("");
    process.stdout.write(`${plain(tableOf(new Map([[store, report]])))}\n\n`);
    if (!isQuick && upTo === undefined) keep(fileOf(store), report);
  }
}

/** The last reports that were kept. */
export function pagesKept(): Map<StoreName, PageReport> {
  const found = measured.flatMap((store) => {
    const report = kept<PageReport>(fileOf(store));
    return report ? [[store, report] as const] : [];
  });
  return new Map(found);
}

async function measureStore(
  name: StoreName,
  module: StoreModule,
  sessions: number,
  times: number,
): Promise<PageReport> {
  return await hosted(module, async (place) => {
    const { store, close } = await module.dewar(place);
    try {
      const { manager, users } = await fill(store, sessions, (done) => progress(`${name} · ${done} of ${sessions}`));
      await module.settle?.(place);
      progress(`${name} · pages`);
      return { sessions, milliseconds: await measure(manager, users, times) };
    } finally {
      await close();
    }
  });
}
