// Next.js and React are too large to install for the sake of one page. This is the part of them that the page uses, so
// that its code can be checked.

declare module "next/headers" {
  export function cookies(): Promise<{
    toString(): string;
    set(cookie: { name: string; value: string }): unknown;
  }>;
}

declare module "next/server" {
  export function connection(): Promise<void>;
  export class NextRequest extends Request {}
  export class NextResponse extends Response {
    static redirect(url: URL): NextResponse;
    static next(): NextResponse;
    readonly cookies: { getAll(): { name: string; value: string }[] };
  }
}

declare module "next/cache" {
  export function refresh(): void;
}

declare module "next/navigation" {
  export function redirect(url: string): never;
}

declare module "react" {
  export function cache<T extends () => unknown>(fn: T): T;
  export function Suspense(props: object): object;
}

/** The files of the page itself, as its other blocks import them. */
declare module "@/lib/session" {
  import type { Session, SessionManager } from "dewar";
  import type { sessions } from "dewar/fetch";

  export const manager: SessionManager;
  export const withSession: ReturnType<typeof sessions>;
  export function readSession(): Promise<Session>;
  export function inSession<T>(work: () => T | Promise<T>): Promise<T>;
}

declare module "@/app/actions" {
  export function visit(): Promise<void>;
  export function signIn(): Promise<void>;
  export function signOut(): Promise<void>;
}

declare namespace JSX {
  interface IntrinsicElements {
    [name: string]: object;
  }
}
