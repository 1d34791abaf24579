import type { PyDict, PyValue } from "../../../src/flask/python/values.ts";
import { type CookieJar, createClient } from "../../../src/testing/index.ts";
import { type PythonProgram, startPython } from "./python.ts";
import { fromTyped, type Typed, toTyped } from "./typed.ts";
import type { FlaskVersion } from "./venv.ts";

/** The keys of Flask and Flask-Session. A client is the URL of its server; a cachelib cache the arguments of a file cache. */
export interface FlaskConfig {
  /** None: Flask's own cookie. */
  SESSION_TYPE?: "redis" | "memcached" | "filesystem" | "mongodb" | "sqlalchemy" | "cachelib" | "dynamodb";
  SECRET_KEY?: string;
  SECRET_KEY_FALLBACKS?: string[];
  SESSION_USE_SIGNER?: boolean;
  /** Seconds. */
  PERMANENT_SESSION_LIFETIME?: number;
  /** Without Flask-Login, which looks into the session on each request, so that each answer varies by the cookie. */
  FLASK_LOGIN?: false;
  [key: string]: Typed | undefined;
}

/** What a request does with its session: `test/flask/python/steps.py`. */
export type Step =
  | { op: "get" | "delete"; path: PyValue[] }
  | { op: "set" | "append"; path: PyValue[]; value: PyValue }
  | { op: "has"; key: PyValue }
  | { op: "pop"; key: PyValue; default?: PyValue }
  | { op: "setdefault"; key: PyValue; value: PyValue }
  | { op: "update"; value: PyValue }
  | { op: "permanent"; value: boolean }
  | { op: "keys" | "clear" | "modify" | "modified" | "logout" | "whoami" | "csrf" | "sid" | "regenerate" }
  | { op: "flash"; message: PyValue; category?: string }
  | { op: "flashes"; filter?: string[] }
  | { op: "login"; id: PyValue; remember?: boolean; fresh?: boolean }
  | { op: "validate"; token: string }
  | { op: "sleep"; seconds: number };

export interface FlaskAnswer {
  /** One for each step. */
  results: PyValue[];
  /** All of it, after the last step. */
  session: PyDict;
  /** Whether Flask takes it for modified by then. */
  modified: boolean;
  /** As the server wrote them. */
  setCookies: readonly string[];
  headers: Headers;
}

/** A Flask application on loopback. `POST /run` carries out steps; `GET /untouched` leaves the session alone. */
export interface FlaskApp {
  url: string;
  /** Carries out the steps in one request with the jar's cookies. Throws for a status of 400 and above. */
  run(steps: Step[], jar: CookieJar, headers?: Record<string, string>): Promise<FlaskAnswer>;
  stop(): Promise<void>;
}

/** All applications of a version share one process: a new one costs milliseconds. */
const processes = new Map<FlaskVersion, { program: Promise<PythonProgram>; apps: number }>();

export async function startFlask({
  version,
  config,
}: {
  version: FlaskVersion;
  config: FlaskConfig;
}): Promise<FlaskApp> {
  const shared = processes.get(version) ?? { program: startPython(version, "app"), apps: 0 };
  processes.set(version, shared);
  shared.apps++;
  const leave = async () => {
    shared.apps--;
    if (shared.apps > 0) return;
    processes.delete(version);
    await shared.program.then((program) => program.stop());
  };
  try {
    const program = await shared.program;
    const port = await program.ask({ start: config });
    const url = `http://127.0.0.1:${port}`;
    return {
      url,
      run: (steps, jar, headers = {}) => runSteps(url, steps, jar, headers),
      stop: async () => {
        await program.ask({ stop: port });
        await leave();
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Carries out steps in an application with this one's route: Flask's, or ours beside it. */
export async function runSteps(
  url: string,
  steps: Step[],
  jar: CookieJar,
  headers: Record<string, string>,
): Promise<FlaskAnswer> {
  const client = createClient(url, { jar });
  const response = await client.fetch("/run", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(steps.map(stepAsJson)),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`The application answered ${response.status}: ${body.slice(0, 200)}`);
  const { results, session, modified } = JSON.parse(body) as { results: Typed[]; session: Typed; modified: boolean };
  return {
    results: results.map(fromTyped),
    session: fromTyped(session) as PyDict,
    modified,
    setCookies: client.setCookies,
    headers: response.headers,
  };
}

export function stepAsJson(step: Step): Typed {
  const parts: [string, PyValue][] = Object.entries(step);
  return Object.fromEntries(parts.map(([name, value]) => [name, toTyped(value)]));
}
