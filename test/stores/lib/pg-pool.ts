import pg from "pg";

/** A pool whose connections may break at the end of a test: a server that stops may not have seen yet that they ended. */
export function newPgPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  const ignore = () => {};
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}
