import { createHash } from "node:crypto";
import type { Header } from "../../src/core/manager.ts";

/** The name of dewar's cookie, as a request brings it. */
export function cookieOf(token: string): string {
  return `session=${token}`;
}

/** The token that a response hands out, if it does. */
export function tokenIn(headers: Header[]): string | undefined {
  const line = headers.find(([name]) => name.toLowerCase() === "set-cookie")?.[1];
  return /^session=([^;]+)/.exec(line ?? "")?.[1];
}

export function publicIdOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** A session in a history: the first 53 bits of its public id, so that a list tells the same number as its token. */
export function numberOf(publicId: string): number {
  const bytes = Buffer.from(publicId, "base64url");
  return bytes.readUIntBE(0, 6) * 32 + (bytes.readUInt8(6) & 31);
}
