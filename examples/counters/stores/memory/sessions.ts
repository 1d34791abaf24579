import { createSessionManager } from "dewar";
import { memoryStore } from "dewar/stores/memory";

export const title = "memory";
export const everywhere = true;
export const manager = createSessionManager({ store: memoryStore() });
export const close = (): Promise<void> => manager.close();
