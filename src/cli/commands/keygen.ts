import { InvalidArgumentError } from "commander";
import { randomToken } from "../../core/crypto.ts";
import { wholeNumber } from "../lib/arguments.ts";
import { type AddCommand, withExamples, withJson } from "../lib/command.ts";

/** 24 bytes are the 32 characters that the option `secret` takes at least. */
const FEWEST_BYTES = 24;
const MOST_BYTES = 1024;
const MOST_SECRETS = 1000;

/** `dewar keygen`: secrets, from the system's generator. */
export const keygen: AddCommand = (program, act) => {
  const command = program
    .command("keygen")
    .description("Makes a secret for the option `secret`: random, base64url, one a line")
    .option("--bytes <number>", `random bytes in each, ${FEWEST_BYTES} to ${MOST_BYTES}`, bytes, 32)
    .option("--count <number>", "how many", count, 1);
  withJson(command, "prints a JSON document with a list of them");
  withExamples(command, [
    ["dewar keygen", "one secret of 32 random bytes"],
    ['echo "SESSION_SECRET=$(dewar keygen)" >> .env', "into a file that isn't committed"],
  ]);
  command.action(
    act<{ bytes: number; count: number }>(async ({ out }, { bytes, count }) => {
      const secrets = Array.from({ length: count }, () => randomToken(bytes));
      if (out.json) await out.document({ secrets });
      else for (const secret of secrets) await out.line(secret);
      out.hint(
        "Keep it in the environment or a secret manager. To rotate: secret: [new, old] until old sessions have ended.",
      );
    }),
  );
};

function bytes(text: string): number {
  const number = wholeNumber(text);
  if (number >= FEWEST_BYTES && number <= MOST_BYTES) return number;
  throw new InvalidArgumentError(`It takes ${FEWEST_BYTES} to ${MOST_BYTES}.`);
}

function count(text: string): number {
  const number = wholeNumber(text);
  if (number <= MOST_SECRETS) return number;
  throw new InvalidArgumentError(`It takes 1 to ${MOST_SECRETS}.`);
}
