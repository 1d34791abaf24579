import { testClient } from "./lib/memcached.ts";

testClient("memjs");
