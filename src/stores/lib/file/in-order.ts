import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { unlessMissing } from "./folder.ts";

const PAGE = 100_000;
const BUFFER = 1024;

/**
 * The entries of a directory that `accept` takes, in order. A directory knows no order, so each page walks through it and
 * keeps the smallest names: with memory for two pages, and sure to find what is there all along. None where there is no
 * directory.
 */
export async function* inOrder(
  directory: string,
  accept: (name: string, entry: Dirent) => boolean,
  size: number = PAGE,
): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    let names: string[] = [];
    for await (const entry of entries(directory)) {
      if (entry.name <= after || !accept(entry.name, entry)) continue;
      names.push(entry.name);
      if (names.length >= 2 * size) names = names.sort().slice(0, size);
    }
    names = names.sort().slice(0, size);
    yield* names;
    after = names.at(-1) ?? after;
    if (names.length < size) return;
  }
}

/** The entries of a directory as the system gives them: in no order, and of what comes or goes meanwhile perhaps some. */
export async function* entries(directory: string): AsyncGenerator<Dirent> {
  const opened = await unlessMissing(opendir(directory, { bufferSize: BUFFER }));
  if (opened) yield* opened;
}

/** What comes, `size` at a time. */
export async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
