const LONGEST = 10_000;

/** The fields of a form. None of what is too long, or breaks off. */
export async function readForm({ body }: Request): Promise<URLSearchParams> {
  let text = "";
  try {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      // What is too much is read too, and thrown away: until then the browser doesn't listen.
      if (text.length <= LONGEST) text += chunk;
    }
  } catch {
    return new URLSearchParams();
  }
  return new URLSearchParams(text.length <= LONGEST ? text : "");
}
