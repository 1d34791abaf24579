import type { Client } from "../../core/manager.ts";
import type { NodeRequest } from "./node-response.ts";

/** What a framework makes of a request: by its own settings, a proxy's word for who asks. */
interface Framework {
  readonly protocol: string;
  readonly ip: string | undefined;
}

/** Who asks, by a request of node's. Nearly nobody looks, so each answer is found only then. */
export class NodeClient implements Client {
  readonly #request: NodeRequest;
  readonly #framework: Framework | undefined;

  constructor(request: NodeRequest, framework?: Framework) {
    this.#request = request;
    this.#framework = framework;
  }

  get secure(): boolean {
    if (this.#framework !== undefined) return this.#framework.protocol === "https";
    const { socket } = this.#request;
    return "encrypted" in socket && socket.encrypted === true;
  }

  /** An IPv4 address that came over a socket for both kinds is written as what it is. */
  get address(): string | undefined {
    const address = this.#framework === undefined ? this.#request.socket.remoteAddress : this.#framework.ip;
    return address?.replace(/^::ffff:(?=\d+\.)/i, "");
  }

  get forwardedFor(): string | undefined {
    return this.#request.headers["x-forwarded-for"]?.toString();
  }

  get userAgent(): string | undefined {
    return this.#request.headers["user-agent"];
  }
}

/** Who asks, by a Fetch request, which knows no address. */
export class WebClient implements Client {
  readonly #request: Request;
  readonly address: string | undefined;

  constructor(request: Request, address?: string) {
    this.#request = request;
    this.address = address;
  }

  get secure(): boolean {
    return this.#request.url.startsWith("https:");
  }

  get forwardedFor(): string | undefined {
    return this.#request.headers.get("x-forwarded-for") ?? undefined;
  }

  get userAgent(): string | undefined {
    return this.#request.headers.get("user-agent") ?? undefined;
  }
}
