export {
  type AdapterSuite,
  type Answer,
  type Exchange,
  type Feature,
  type Handler,
  type Protocol,
  type RequestListener,
  type Setup,
  testAdapter,
} from "./adapter.ts";
export { Client, type ClientOptions, createClient, type RawResponse } from "./client.ts";
export { type SettableClock, settableClock } from "./clock.ts";
export { CookieJar, type StoredCookie } from "./jar.ts";
export { type StoreFault, type StoreSuite, testStore } from "./store.ts";
