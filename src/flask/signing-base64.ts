import { Buffer } from "node:buffer";

const DATA = /[A-Za-z0-9+/_-]/;

/**
 * base64url as itsdangerous decodes it, with Python's leniency: bits over in the last character are dropped, other characters
 * are skipped (though they count for the padding that is added), and nothing counts after a group that ends in padding.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const strict = Buffer.from(text, "base64url");
  // Node skips what isn't base64, too, but then there are fewer bytes than as many characters hold.
  if (text.length % 4 !== 1 && strict.length === (text.length * 3) >> 2) return strict;
  return decodeLeniently(text + "=".repeat(-Buffer.byteLength(text) & 3));
}

function decodeLeniently(padded: string): Buffer | undefined {
  let data = "";
  let pads = 0;
  for (const character of padded) {
    const inGroup = data.length % 4;
    if (character === "=") {
      if (inGroup < 2) continue;
      pads++;
      if (inGroup + pads === 4) return Buffer.from(data, "base64url");
    } else if (DATA.test(character)) {
      data += character;
      pads = 0;
    }
  }
  return data.length % 4 === 0 ? Buffer.from(data, "base64url") : undefined;
}
