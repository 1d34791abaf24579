import { connect } from "node:net";

/** Sends a line to a port of loopback. Resolves to the first part of the answer: "" while there is none. */
export function ask(port: number, line: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(line));
    const answer = (text: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.once("data", (bytes) => answer(bytes.toString()));
    socket.once("error", () => answer(""));
    socket.once("close", () => answer(""));
  });
}
