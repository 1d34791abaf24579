const LONGEST = 1024;
/** How browsers write a form of one field as `text/plain`. */
const TOKEN = /^token=([\w-]{43})\r?\n?$/;

/**
 * The token of a form, which holds nothing else. Forms are sent as `text/plain`: a parser that the application has for its
 * own forms would have taken the body away, and Fastify refuses the usual type where it has none.
 */
export async function tokenIn(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > LONGEST) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // Who sent it has gone.
    return undefined;
  }
  return TOKEN.exec(Buffer.concat(chunks).toString())?.[1];
}
