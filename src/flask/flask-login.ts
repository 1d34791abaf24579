import { hash } from "node:crypto";
import type { Client } from "../core/manager.ts";

/**
 * What Flask-Login's `login_user` leaves in a session beside the user: that the login is fresh, and from where. On the Flask
 * side, a session that comes from elsewhere then counts as not fresh, or as none (`SESSION_PROTECTION`).
 */
export function markLogin(data: Record<string, unknown>, client: Client): void {
  data["_fresh"] = true;
  data["_id"] = identifierOf(client);
}

/** Flask-Login, `_create_identifier`: it hashes the text that Python makes of two byte strings. */
function identifierOf({ address, forwardedFor, userAgent }: Client): string {
  const from = forwardedFor ?? address;
  const first = from?.split(",")[0]?.trim();
  return hash("sha512", `${pythonBytes(first)}|${pythonBytes(userAgent)}`);
}

/** `repr()` of the UTF-8 of a text, or `None`. */
function pythonBytes(text: string | undefined): string {
  if (text === undefined) return "None";
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    if (character === "\\" || character === quote) body += `\\${character}`;
    else if (character === "\n") body += "\\n";
    else if (character === "\r") body += "\\r";
    else if (character === "\t") body += "\\t";
    else if (byte < 0x20 || byte > 0x7e) body += `\\x${byte.toString(16).padStart(2, "0")}`;
    else body += character;
  }
  return `b${quote}${body}${quote}`;
}
