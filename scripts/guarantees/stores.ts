import type { PlaceName } from "../services/places.ts";

/** The stores of the table, as tests name them. */
export type StoreName = "memory" | PlaceName;

interface StoreColumn {
  /** At the head of its column. */
  label: string;
  /** A word by which tests tell it from a store of the same kind. */
  word?: string;
}

export const stores: Record<StoreName, StoreColumn> = {
  memory: { label: "memory" },
  sqlite: { label: "SQLite" },
  file: { label: "file" },
  redis: { label: "Redis" },
  "redis-cluster": { label: "Redis Cluster", word: "Cluster" },
  "redis-sentinel": { label: "Redis Sentinel", word: "Sentinel" },
  memcached: { label: "Memcached" },
  postgres: { label: "PostgreSQL" },
  mysql: { label: "MariaDB" },
  mongodb: { label: "MongoDB" },
};

export const storeNames: StoreName[] = Object.keys(stores) as StoreName[];
