/** What is measured: every variant that a framework and a store have, in every scenario. */
export const frameworks = ["express", "fastify"] as const;
export const stores = [
  "redis",
  "memcached",
  "postgres",
  "mysql",
  "mongodb",
  "sqlite",
  "file",
  "memory",
  "cookie",
] as const;
export const scenarios = ["untouched", "read", "write", "new"] as const;
/** `none` is the bare application, `lazy` is dewar with `lazy: true`. */
const variants = ["none", "minimum", "dewar", "lazy", "peer"] as const;

export type Framework = (typeof frameworks)[number];
export type StoreName = (typeof stores)[number];
export type Scenario = (typeof scenarios)[number];
export type Variant = (typeof variants)[number];

/** One framework on one store: its variants are measured in turn. */
export interface Group {
  framework: Framework;
  store: StoreName;
  variants: readonly Variant[];
  scenarios: readonly Scenario[];
}

/** Who has a counterpart where. `lazy` asks no store, so that one of each kind tells enough. */
const offered: Record<StoreName, readonly Variant[]> = {
  redis: variants,
  memcached: ["none", "dewar", "peer"],
  postgres: ["none", "dewar", "peer"],
  mysql: ["none", "dewar", "peer"],
  mongodb: ["none", "dewar", "peer"],
  sqlite: ["none", "dewar", "lazy"],
  file: ["none", "dewar", "peer"],
  memory: ["none", "dewar", "lazy", "peer"],
  cookie: ["none", "dewar"],
};

/** Whether a variant takes part in a scenario: a lazy session differs only where nobody looks at it. */
export function takesPart(variant: Variant, scenario: Scenario): boolean {
  return variant !== "lazy" || scenario === "untouched";
}

/** The groups that `only` leaves: words of one kind widen each other, words of different kinds narrow. */
export function plan(only: readonly string[]): Group[] {
  const known: readonly string[] = [...frameworks, ...stores, ...scenarios, ...variants];
  const unknown = only.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new TypeError(`--only: "${unknown}" is none of ${known.join(", ")}`);
  const chosen = <T extends string>(all: readonly T[]): readonly T[] => {
    const some = all.filter((word) => only.includes(word));
    return some.length > 0 ? some : all;
  };
  return chosen(stores).flatMap((store) =>
    chosen(frameworks).map((framework) => ({
      framework,
      store,
      variants: offered[store].filter((variant) => variant === "none" || chosen(variants).includes(variant)),
      scenarios: chosen(scenarios),
    })),
  );
}
