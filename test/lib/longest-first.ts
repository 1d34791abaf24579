import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Of half a minute and more, the longest first, those that wait between those that work. Vitest knows by itself only what it
 * has run on this machine before.
 */
const LONG = [
  "flask/stores/dynamodb",
  "docs/site",
  "interleavings/interleavings",
  "flask/together/walk",
  "flask/stores/memcached-memcache-client",
  "examples/counters",
  "flask/storm/storm",
  "flask/stores/memcached-memjs",
  "toolkits/mysql",
  "flask/stores/cachelib",
  "flask/stores/memcached-node-memcached",
  "admin/browser",
  "stores/connect",
  "stores/mongodb-clients",
  "flask/stores/sqlalchemy",
  "outage/redis-failover",
  "examples/shop",
  "stores/redis-cluster",
  "outage/cut",
  "stores/file",
  "interleavings/lost-answers",
  "toolkits/postgres",
].map((name) => `/test/${name}.test.ts`);

/** Begins with the files that take longest: begun last, one of them would keep all others waiting for its end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex((name) => moduleId.endsWith(name));
      return index === -1 ? LONG.length : index;
    };
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return (await super.sort(files)).sort((one, other) => group(one) - group(other) || place(one) - place(other));
  }
}
