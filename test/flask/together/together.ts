import type { FlaskConfig } from "../../../src/flask/index.ts";
import { flaskSession } from "../../../src/flask/index.ts";
import { type BackendName, backends, type RunningBackend } from "../lib/backends.ts";
import { type FlaskConfig as ConfigOfFlask, type FlaskApp, startFlask } from "../lib/flask-app.ts";
import type { FlaskVersion } from "../lib/venv.ts";
import { type Framework, type OurApp, startOurs } from "./our-app.ts";
import { connectClients, type OurClients } from "./our-clients.ts";

/** A Flask application and ours, of one configuration, on one server. */
export interface Together {
  flask: FlaskApp;
  ours: OurApp;
  stop(): Promise<void>;
}

/** Where both keep sessions: Flask's server, and our clients of it. */
export interface Place {
  flask: RunningBackend;
  ours: OurClients;
  stop(): Promise<void>;
}

export async function startPlace(name: BackendName): Promise<Place> {
  const flask = await backends[name].start();
  const ours = await connectClients(flask.config);
  return {
    flask,
    ours,
    async stop() {
      await ours.end();
      await flask.stop();
    },
  };
}

export interface Terms {
  version: FlaskVersion;
  framework: Framework;
  /** Keys that both get. */
  config: ConfigOfFlask;
}

export async function startTogether(place: Place, { version, framework, config }: Terms): Promise<Together> {
  const shared = { SECRET_KEY: "dev", ...config };
  const flask = await startFlask({ version, config: { ...place.flask.config, ...shared } });
  // The cachelib beside Flask-Session 0.5 is of its time.
  const digest = version === "0.5" ? "md5" : "sha256";
  // No `version` without a type: Flask's own cookie has been the same ever since.
  const beside: FlaskConfig = { version, digest };
  const ours = await startOurs(
    framework,
    flaskSession({ ...place.ours.config, ...(shared as FlaskConfig), ...beside }),
  );
  return {
    flask,
    ours,
    async stop() {
      await ours.stop();
      await flask.stop();
    },
  };
}
