import type { CompletedCommand } from "./tree.ts";

/** For bash 4 and later. It needs nothing of bash-completion. */
export function bashScript(commands: CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion of dewar for bash; made by: dewar completion bash
_dewar() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(wordCase).join("\n")}
    help) words="${names}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _dewar dewar
`;
}

/** After an option that takes a value: its choices, files, or nothing. */
function valueCases({ name, options }: CompletedCommand): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ names, choices, takesFile }) => {
      const pattern = names.map((option) => `"${name} ${option}"`).join("|");
      if (takesFile) return `    ${pattern}) COMPREPLY=($(compgen -f -- "$current")); return ;;`;
      if (choices.length === 0) return `    ${pattern}) return ;;`;
      return `    ${pattern}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`;
    });
}

function wordCase({ name, options, choices }: CompletedCommand): string {
  return `    ${name}) words="${[...choices, ...options.flatMap(({ names }) => names)].join(" ")}" ;;`;
}
