// Why: formatting is a machine's work. What is left after this is for a person to decide.
import { sh } from "./lib/sh.ts";

process.exitCode = sh("biome check --write .").code;
