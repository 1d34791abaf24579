import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Place, StoreModule } from "./stores/store.ts";

/** Gives `use` a server of its own, if the store has one, and a folder; both are gone afterwards. */
export async function hosted<T>(module: StoreModule | undefined, use: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dewar-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const service = await module?.start?.();
    try {
      return await use({ url: service?.url ?? "", folder });
    } finally {
      await service?.stop();
    }
  } finally {
    process.off("exit", remove);
    remove();
  }
}
