import ipaddr from "ipaddr.js";
import type { DeviceUse, SessionRecord } from "../codec.ts";
import type { Client } from "./manager.ts";

/** What a manager records of who uses a session: the network of an address, or the whole of it. */
export type AddressDetail = "network" | "full";

/** Headers may be long, and each session keeps two of these. In characters. */
const LONGEST_USER_AGENT = 512;
/** In bits: what providers give to one customer at the least, so that it says where somebody is and not who. */
const NETWORK_BITS = { ipv4: 24, ipv6: 48 } as const;

/** Who asks, as far as it is recorded; undefined where nothing is known, as in a job. */
export function useBy(client: Client, detail: AddressDetail): DeviceUse | undefined {
  const userAgent = client.userAgent?.slice(0, LONGEST_USER_AGENT).toWellFormed();
  const address = client.address === undefined ? undefined : recorded(client.address, detail);
  if (!userAgent && address === undefined) return undefined;
  return { ...(userAgent && { userAgent }), ...(address !== undefined && { address }) };
}

/** Whether nothing tells two uses apart. */
export function isSameUse(one: DeviceUse, other: DeviceUse): boolean {
  return one.userAgent === other.userAgent && one.address === other.address;
}

/** Whether `use` tells nothing that `last` doesn't: a visitor who has gone has no address any more. */
export function isKnownBy(last: DeviceUse, { userAgent, address }: DeviceUse): boolean {
  return (userAgent ?? last.userAgent) === last.userAgent && (address ?? last.address) === last.address;
}

/** The record of uses, with this one as the last. */
export function usedBy(device: SessionRecord["device"], use: DeviceUse): NonNullable<SessionRecord["device"]> {
  return { first: device?.first ?? use, last: use };
}

/** Behind a badly set proxy, an address is whatever a visitor wrote: then it is none. */
function recorded(text: string, detail: AddressDetail): string | undefined {
  const isAddress = text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!isAddress) return undefined;
  const address = ipaddr.fromByteArray(ipaddr.process(text).toByteArray());
  if (detail === "full") return address.toString();
  const bits = NETWORK_BITS[address.kind()];
  const kind = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}
