import { testClient } from "./lib/memcached.ts";

testClient("memcache-client");
