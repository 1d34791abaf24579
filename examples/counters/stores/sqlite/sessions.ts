import { createSessionManager } from "dewar";
import { sqliteStore } from "dewar/stores/sqlite";

export const title = "SQLite";
export const everywhere = true;
export const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
export const close = (): Promise<void> => manager.close();
