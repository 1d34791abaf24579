import type { AdminAction } from "../../admin/index.ts";
import { clean } from "../../inspect/clean.ts";

/** What somebody does on the page, in a line for the terminal that serves it. */
export function auditLine(action: AdminAction, at: Date = new Date()): string {
  return clean(`${at.toLocaleTimeString("en-GB")}  ${wordsOf(action)}`);
}

function wordsOf(action: AdminAction): string {
  switch (action.type) {
    case "reveal":
      return `shows all of session ${action.id}`;
    case "end-session":
      return `ends session ${action.id}`;
    case "end-user":
      return `ends all sessions of ${action.subject}`;
    case "end-everything":
      return "ends all sessions";
  }
}
