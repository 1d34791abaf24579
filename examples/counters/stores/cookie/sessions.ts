import { createSessionManager } from "dewar";

export const title = "the cookie itself";
/** Nobody knows which cookies are out there: they can't be listed, nor ended before their time. */
export const everywhere = false;
export const manager = createSessionManager({ secret: process.env.SESSION_SECRET ?? "" });
export const close = (): Promise<void> => manager.close();
