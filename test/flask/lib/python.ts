import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type FlaskVersion, preparePython } from "./venv.ts";

/** A running program of `test/flask/python`. It ends with this process, in whatever way that ends. */
export interface PythonProgram {
  ask(question: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

interface Reply {
  id: number;
  answer?: unknown;
  /** A traceback. */
  error?: string;
}

const LINES_KEPT = 40;

export async function startPython(version: FlaskVersion, program: string): Promise<PythonProgram> {
  const python = await preparePython(version);
  const file = fileURLToPath(new URL(`../python/${program}.py`, import.meta.url));
  // Nothing of the user's own, no compiled files in the repository, and the same text on every machine.
  const child = spawn(python, ["-E", "-s", "-B", "-X", "utf8", file], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<number, (reply: Reply) => void>();
  const errors = lastLines(child);
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      errors.push(error.message);
      resolve();
    });
    child.once("close", () => resolve());
  });
  ended.then(() => {
    for (const [id, settle] of waiting) settle({ id, error: `${program}.py has ended.\n${errors.join("\n")}` });
    waiting.clear();
  });
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    const reply: Reply = JSON.parse(line);
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });

  let questions = 0;
  return {
    ask: async (question) => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program}.py has ended.`);
      const id = questions++;
      const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      child.stdin.write(`${JSON.stringify({ id, question })}\n`);
      const { answer, error } = await replied;
      if (error !== undefined) throw new Error(`${program}.py: ${error}`);
      return answer;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** What a program said last on its standard error, as it grows. */
function lastLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
    });
  }
  return lines;
}
