/** One thing that was looked at, and what it means for sessions. */
export interface Finding {
  level: "ok" | "warning" | "danger";
  /** What it is about: a setting, an index, a folder. */
  what: string;
  /** How it is. */
  is: string;
  /** What to do. None where all is well. */
  advice?: string;
}

export function ok(what: string, is: string): Finding {
  return { level: "ok", what, is };
}

export function warning(what: string, is: string, advice: string): Finding {
  return { level: "warning", what, is, advice };
}

export function danger(what: string, is: string, advice: string): Finding {
  return { level: "danger", what, is, advice };
}

/** What a back end says of itself. */
export interface Examination {
  /** "Redis 8.0.2". */
  version: string;
  findings: Finding[];
}
