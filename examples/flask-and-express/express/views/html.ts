/** Markup that may be sent as it is. Only `html` makes it, and it escapes whatever is put in. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = Html | string | number | false | undefined | readonly Content[];

export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...contents.map(markup)));
}

function markup(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(markup).join("");
  return content === undefined || content === false ? "" : escaped(String(content));
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
