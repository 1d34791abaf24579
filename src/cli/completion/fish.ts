import type { CompletedCommand, CompletedOption } from "./tree.ts";

export function fishScript(commands: CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, description, options, choices }) => {
    const inside = `complete -c dewar -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c dewar -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
      ...(choices.length > 0 ? [`${inside} -a ${quoted(choices.join(" "))}`] : []),
      ...options.map((option) => `${inside} ${flagsOf(option)} -d ${quoted(option.description)}`),
    ];
  });
  return `# Completion of dewar for fish; made by: dewar completion fish
complete -c dewar -f
${lines.join("\n")}
`;
}

function flagsOf({ names, takesValue, takesFile, choices }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (takesFile) flags.push("-r -F");
  else if (choices.length > 0) flags.push(`-x -a ${quoted(choices.join(" "))}`);
  else if (takesValue) flags.push("-x");
  return flags.join(" ");
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
