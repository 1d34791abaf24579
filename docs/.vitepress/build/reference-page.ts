// Why: TypeDoc writes all that it knows, in an order of its own. A reader looks for one name, and what it takes.

/** What most readers look for on the page of the root. The rest follows in its own order. */
const FIRST = [
  ...["session", "getSession()", "tryGetSession()", "createSessionManager()", "SessionOptions", "CookieOptions"],
  ...["Duration", "SessionData", "Session", "SessionManager", "SessionInfo", "SessionError", "SessionErrorCode"],
];

function inOrder(page: string): string {
  const [head = "", ...sections] = page.split(/^(?=## )/m);
  const rank = (section: string): number => {
    const index = FIRST.indexOf(/^## (.*)$/m.exec(section)?.[1] ?? "");
    return index < 0 ? FIRST.length : index;
  };
  return [head, ...sections.toSorted((a, b) => rank(a) - rank(b))].join("");
}

/** A page as TypeDoc wrote it, made to be read. */
export function readable(page: string): string {
  return inOrder(shorten(page));
}

/** Without tables and types that say no more than the signature above them, and without headings over a single thing. */
function shorten(page: string): string {
  return (
    page
      .replace(/^\*\*\*\n\n/gm, "")
      .replace(/^#+ Parameters\n\n\| Parameter \| Type \|\n(?:\|.*\n)+\n?/gm, (table) =>
        table.includes("](") ? table : "",
      )
      .replace(/^#+ Type Parameters\n\n\| Type Parameter (?:\| Default type )?\|\n(?:\|.*\n)+\n?/gm, "")
      .replace(/^#+ Returns\n\n(?!#|```)(.+)\n/gm, (_, type: string) =>
        type.includes("](") ? `Returns ${type}.\n` : "",
      )
      // A parameter that is taken apart where it is declared has no name of its own.
      .replaceAll("__namedParameters", page.includes("function sessions") ? "handling" : "options")
      .replace(/^#+ (?:Overrides|Implementation of)\n\n`[\w.]+`\n\n?/gm, "")
      .replace(/^#+ (?:Example|Parameters|Properties|Methods|Constructors|Accessors)\n\n/gm, "")
      .replace(/^#{4,5} /gm, (marks) => marks.slice(1))
  );
}
