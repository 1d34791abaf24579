import type { Command, Option } from "commander";

/** What a shell needs to know of an option. */
export interface CompletedOption {
  /** As it is typed: `--user`, `-y`. */
  names: string[];
  description: string;
  takesValue: boolean;
  /** Its value is the name of a file. */
  takesFile: boolean;
  choices: readonly string[];
}

export interface CompletedCommand {
  name: string;
  description: string;
  options: CompletedOption[];
  /** Of its first argument. */
  choices: readonly string[];
}

/** The commands as they are now: so a script for a shell never knows less than the program. */
export function commandsOf(program: Command): CompletedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.map(optionOf), HELP],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

const HELP: CompletedOption = {
  names: ["-h", "--help"],
  description: "display help for command",
  takesValue: false,
  takesFile: false,
  choices: [],
};

function optionOf(option: Option): CompletedOption {
  return {
    names: [option.short, option.long].filter((name): name is string => name !== undefined),
    description: option.description,
    takesValue: option.required || option.optional,
    takesFile: /<file>/.test(option.flags),
    choices: option.argChoices ?? [],
  };
}
