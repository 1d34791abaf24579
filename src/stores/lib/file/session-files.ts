import fs from "node:fs";
import { join } from "node:path";
import type { Renewal } from "../../../store.ts";
import type { Drafts } from "./drafts.ts";
import { PATCH, readRegular, readRegularSync, syncDirectory, unlessMissingSync } from "./folder.ts";
import { type FileRecord, isDue, isLive, type Layout } from "./layout.ts";
import type { Locks } from "./locks.ts";

/** A session as it is now, and whether its end was moved. */
export interface Renewed {
  record: FileRecord;
  renewed: boolean;
}

/** A directory with a file for each session: how one is read, put in its place, and renewed. */
export class SessionFiles {
  readonly directory: string;
  readonly layout: Layout;
  readonly drafts: Drafts;
  readonly locks: Locks;

  constructor(directory: string, layout: Layout, drafts: Drafts, locks: Locks) {
    this.directory = directory;
    this.layout = layout;
    this.drafts = drafts;
    this.locks = locks;
  }

  /** Reads a session that lives. */
  async live(name: string): Promise<FileRecord | undefined> {
    const record = await this.read(name);
    return record && isLive(record) ? record : undefined;
  }

  async read(name: string): Promise<FileRecord | undefined> {
    const file = await readRegular(this.path(name));
    return file && this.layout.decode(file);
  }

  liveNow(name: string): FileRecord | undefined {
    const record = this.readNow(name);
    return record && isLive(record) ? record : undefined;
  }

  readNow(name: string): FileRecord | undefined {
    const file = readRegularSync(this.path(name));
    return file && this.layout.decode(file);
  }

  /** Writes a session's file, which `decide` puts in its place, or doesn't: while it decides, none of us writes. */
  async put<Outcome>(name: string, record: FileRecord, decide: (publish: () => void) => Outcome): Promise<Outcome> {
    const draft = await this.drafts.write(this.layout.encode(record));
    try {
      return await this.locks.hold(name, () => decide(() => draft.publish(this.path(name))));
    } finally {
      await draft.clear();
    }
  }

  /**
   * Moves the end where it stands, if that is due: the payload isn't touched, so there is nothing to tear. Has another program
   * put a new file in its place meanwhile, that one is left as it is. `begin` is called before a due one is moved.
   */
  renew(name: string, renewal: Renewal, begin: (record: FileRecord) => void = () => {}): Renewed | undefined {
    const file = unlessMissingSync(() => fs.openSync(this.path(name), PATCH));
    if (file === undefined) return undefined;
    try {
      const bytes = fs.readFileSync(file);
      const record = this.layout.decode(bytes);
      if (!record || !isLive(record)) return undefined;
      if (!isDue(record, renewal)) return { record, renewed: false };
      begin(record);
      const expires = renewal.expiresAt.getTime();
      for (const patch of this.layout.renewal(bytes, expires)) {
        fs.writeSync(file, patch.bytes, 0, patch.bytes.length, patch.position);
      }
      return { record: { ...record, expires }, renewed: true };
    } finally {
      fs.closeSync(file);
    }
  }

  /** Has the disk confirm which sessions there are. */
  confirm(): Promise<void> {
    return syncDirectory(this.directory);
  }

  path(name: string): string {
    return join(this.directory, name);
  }
}
