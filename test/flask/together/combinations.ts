import { type BackendName, backends } from "../lib/backends.ts";
import type { FlaskConfig } from "../lib/flask-app.ts";
import type { FlaskVersion } from "../lib/venv.ts";
import type { Framework } from "./our-app.ts";

/** One of all the ways to configure two applications that share sessions. */
export interface Combination {
  title: string;
  backend: BackendName;
  version: FlaskVersion;
  framework: Framework;
  config: FlaskConfig;
  format: "cookie" | "msgpack" | "json" | "pickle";
  /** Flask-Session 0.5 can't read a session that isn't permanent where it writes no end for it. */
  needsPermanent: boolean;
}

/** Every type with every format and signer setting; in both frameworks where the cookie or Redis keeps the session. */
export const combinations: Combination[] = (Object.keys(backends) as BackendName[]).flatMap((backend) =>
  backends[backend].versions.flatMap((version) =>
    settingsOf(backend, version).flatMap(({ config, format }) =>
      frameworksOf(backend).map((framework) => ({
        title: `${backend}, Flask-Session ${version}, ${JSON.stringify(config)}, ${framework}`,
        backend,
        version,
        framework,
        config,
        format,
        needsPermanent: version === "0.5" && ["mongodb", "sqlite", "postgres", "mariadb"].includes(backend),
      })),
    ),
  ),
);

function settingsOf(backend: BackendName, version: FlaskVersion): Pick<Combination, "config" | "format">[] {
  if (backend === "cookie") return [{ config: {}, format: "cookie" }];
  // cachelib pickles whatever it is told.
  const isPickled = backend === "filesystem" || backend === "cachelib";
  return [false, true].flatMap((SESSION_USE_SIGNER): Pick<Combination, "config" | "format">[] => {
    if (version === "0.5") return [{ config: { SESSION_USE_SIGNER }, format: "pickle" }];
    return (["msgpack", "json"] as const).map((format) => ({
      config: { SESSION_USE_SIGNER, SESSION_SERIALIZATION_FORMAT: format },
      format: isPickled ? "pickle" : format,
    }));
  });
}

function frameworksOf(backend: BackendName): Framework[] {
  return backend === "cookie" || backend === "redis" ? ["express", "hono"] : ["express"];
}
