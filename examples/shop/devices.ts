import { SessionError, type SessionInfo, type SessionManager } from "dewar";
import { deviceName } from "./device.ts";

/** A user's sessions, the last used first. Undefined where sessions live in the visitors' cookies. */
export async function listDevices(manager: SessionManager, subject: string): Promise<SessionInfo[] | undefined> {
  const devices: SessionInfo[] = [];
  try {
    for await (const device of manager.list({ subject })) devices.push(device);
  } catch (error) {
    if (error instanceof SessionError && error.code === "ERR_NOT_SUPPORTED") return undefined;
    throw error;
  }
  return devices.sort((a, b) => lastUse(b) - lastUse(a));
}

/**
 * Ends a session of this user and returns the device's name. Undefined if there is none, or if it is somebody else's:
 * ids are no secret, so whose session it is must be asked each time.
 */
export async function endDevice(manager: SessionManager, subject: string, id: string): Promise<string | undefined> {
  const device = await manager.get(id);
  if (device?.subject !== subject || !(await manager.revoke(id))) return undefined;
  return deviceName(device.data.device);
}

function lastUse({ lastUsedAt, createdAt }: SessionInfo): number {
  return (lastUsedAt ?? createdAt ?? new Date(0)).getTime();
}
