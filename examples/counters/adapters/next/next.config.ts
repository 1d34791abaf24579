import { resolve } from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  // Only here, where `dewar` is a link to the repository around this folder: what was installed needs no such line.
  turbopack: { root: resolve(import.meta.dirname, "../../../..") },
};

export default config;
