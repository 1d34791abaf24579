// Why: `dist` is what users get, so the demo, the benchmark and the checks of packaging use it too. It starts empty:
// a file that was renamed in `src` must not live on in the package.
import { rmSync } from "node:fs";
import { sh } from "./lib/sh.ts";

console.log("Building dist …");
rmSync("dist", { recursive: true, force: true });
process.exitCode = sh("tsc -p tsconfig.build.json").code;
