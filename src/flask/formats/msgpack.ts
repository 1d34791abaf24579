import type { Format } from "./format.ts";
import { MsgpackReader } from "./msgpack-reader.ts";
import { MsgpackWriter } from "./msgpack-writer.ts";

/** MessagePack, byte for byte as msgspec writes it: Flask-Session's default from 0.7. */
export const msgpack: Format = {
  write: (dict) => new MsgpackWriter().write(dict),
  read: (bytes) => new MsgpackReader(bytes).read(),
};
