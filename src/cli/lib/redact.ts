/** Greedy up to the last @, as passwords with a slash or an @ in them should have been percent-encoded, and weren't. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi;
const PARAMETERS = /([?&][^=&\s]*(?:pass|pwd|secret|token|key|credential)[^=&\s]*=)[^&\s"'<>]*/gi;

/** A text without the names and passwords of the URLs in it. All that goes to stderr passes through it. */
export function redact(text: string): string {
  return text.replace(CREDENTIALS, "$1***@").replace(PARAMETERS, "$1***");
}
