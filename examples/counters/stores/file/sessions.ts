import { createSessionManager } from "dewar";
import { fileStore } from "dewar/stores/file";

export const title = "files";
export const everywhere = true;
export const manager = createSessionManager({ store: fileStore({ dir: "sessions" }) });
export const close = (): Promise<void> => manager.close();
