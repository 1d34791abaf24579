import { Option } from "commander";
import type { SqlDialect } from "../../stores/lib/sql/driver.ts";
import { type SqlSetupOptions, sqlSetup } from "../../stores/sql.ts";
import { type AddCommand, withExamples, withJson } from "../lib/command.ts";
import { usage } from "../lib/exit.ts";

interface DdlOptions {
  dialect: SqlDialect;
  table?: string;
  schema?: string;
}

/** `dewar ddl`: the statements that make table and indexes, to print. */
export const ddl: AddCommand = (program, act) => {
  const command = program
    .command("ddl")
    .description("Prints the SQL that makes the table of sessions and its indexes, and changes nothing")
    .addOption(
      new Option("--dialect <name>", "of which database; MariaDB's is mysql")
        .choices(["postgres", "mysql", "sqlite"] satisfies SqlDialect[])
        .makeOptionMandatory(),
    )
    .option("--table <name>", 'the table\'s name (default: "sessions")')
    .option("--schema <name>", "the schema that holds it; in MySQL the database");
  withJson(command, "prints a JSON document with the SQL");
  withExamples(command, [
    ["dewar ddl --dialect postgres > migrations/sessions.sql", "into a migration"],
    ["dewar ddl --dialect mysql | mysql shop", "makes the table"],
  ]);
  command.action(
    act<DdlOptions>(async ({ out }, { dialect, table, schema }) => {
      const sql = printed({ dialect, ...(table !== undefined && { table }), ...(schema !== undefined && { schema }) });
      await (out.json ? out.document({ dialect, sql }) : out.write(sql));
      return undefined;
    }),
  );
};

function printed(options: SqlSetupOptions): string {
  try {
    return sqlSetup(options);
  } catch (error) {
    throw error instanceof TypeError ? usage(`--${error.message}`) : error;
  }
}
