import type { CompletedCommand, CompletedOption } from "./tree.ts";

export function zshScript(commands: CompletedCommand[]): string {
  const names = commands.map(
    ({ name, description }) => `    ${quoted(`${name.replaceAll(":", "\\:")}:${description}`)}`,
  );
  return `#compdef dewar
# Completion of dewar for zsh; made by: dewar completion zsh
_dewar() {
  local -a commands
  commands=(
${names.join("\n")}
    'help:display help for command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join("\n")}
    help) _describe command commands ;;
  esac
}
if [ "$funcstack[1]" = _dewar ]; then _dewar "$@"; else compdef _dewar dewar; fi
`;
}

function caseOf({ name, options, choices }: CompletedCommand): string {
  const specs = [
    ...options.flatMap(specsOf),
    choices.length > 0 ? quoted(`1: :(${choices.join(" ")})`) : quoted("*: :"),
  ];
  return `    ${name}) _arguments ${specs.join(" ")} ;;`;
}

/** One for each of an option's names, that rules out the others. */
function specsOf({ names, description, takesValue, takesFile, choices }: CompletedOption): string[] {
  const action = takesFile ? "_files" : choices.length > 0 ? `(${choices.join(" ")})` : "";
  const value = takesValue ? `: :${action}` : "";
  return names.map((name) =>
    quoted(`(${names.join(" ")})${name}[${description.replace(/[[\]\\:]/g, "\\$&")}]${value}`),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
