/** Greedy up to the last @, as passwords with a slash or an @ in them should have been percent-encoded, and weren't. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'<>]{0,4000}@/gi;
const PARAMETERS = /([?&][^=&\s]{0,100}(?:pass|pwd|secret|token|key|credential)[^=&\s]{0,100}=)[^&\s"'<>]*/gi;

/** A text without the names and passwords of the URLs in it. All that goes to stderr passes through it. */
export function redact(text: string): string {
  return text.replace(CREDENTIALS, "$1***@").replace(PARAMETERS, "$1***");
}
