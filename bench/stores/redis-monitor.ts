import { createClient } from "redis";

/**
 * The commands that clients send while `work` runs: one for each round trip, without those inside of scripts. By MONITOR,
 * which tells a client's commands from a script's; INFO's counters add them up.
 */
export async function commandsDuring(url: string, work: () => Promise<void>): Promise<string[]> {
  const [watcher, marker] = await Promise.all([createClient({ url }).connect(), createClient({ url }).connect()]);
  const commands: string[] = [];
  const marks: (() => void)[] = [];
  await watcher.monitor((line) => {
    const [, source, command = ""] = /^[\d.]+ \[\d+ (\S+)\] "([^"]*)"/.exec(String(line)) ?? [];
    if (command === "ECHO") marks.shift()?.();
    else if (source !== "lua") commands.push(command.toUpperCase());
  });
  /** Resolves when the watcher has seen all that was sent so far. */
  const mark = async (): Promise<void> => {
    const seen = new Promise<void>((resolve) => marks.push(resolve));
    await marker.echo("mark");
    await seen;
  };
  await mark();
  commands.length = 0;
  await work();
  await mark();
  watcher.destroy();
  marker.destroy();
  return commands;
}
