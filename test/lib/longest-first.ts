import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Of half a minute and more, the longest first. Vitest knows by itself only what it has run on this machine before. */
const LONG = [
  "flask/stores/dynamodb",
  "docs/site",
  "interleavings/interleavings",
  "flask/together/walk",
  "flask/storm/storm",
  "flask/stores/cachelib",
  "stores/connect",
  "flask/stores/sqlalchemy",
  "outage/redis-failover",
  "stores/redis-cluster",
  "outage/cut",
  "admin/browser",
  "stores/file",
  "interleavings/lost-answers",
  "examples/counters",
  "toolkits/mysql",
  "examples/shop",
  "stores/mongodb-clients",
  "toolkits/postgres",
  "flask/stores/memcached-memcache-client",
  "flask/stores/memcached-memjs",
  "flask/stores/memcached-node-memcached",
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
