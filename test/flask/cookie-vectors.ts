import cookies from "./vectors/flask-cookie.json" with { type: "json" };

/** A cookie that Flask wrote, and what it holds. */
export interface CookieVector {
  name: string;
  secret: string | Uint8Array;
  fallbacks: string[];
  now: Date;
  json: string;
  cookie: string;
}

export const cookieVectors: CookieVector[] = cookies.vectors.map((vector) => {
  const { name, fallbacks, timestamp, json, cookie } = vector;
  const secret = "secretHex" in vector ? Buffer.from(String(vector.secretHex), "hex") : String(vector.secret);
  return { name, secret, fallbacks, now: new Date(timestamp * 1000), json, cookie };
});
