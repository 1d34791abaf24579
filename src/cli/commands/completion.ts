import { Argument } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { commandsOf } from "../completion/tree.ts";
import { zshScript } from "../completion/zsh.ts";
import { type AddCommand, withExamples } from "../lib/command.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const completion: AddCommand = (program, act) => {
  const command = program
    .command("completion")
    .description("Prints a script that lets a shell complete the commands and options")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SCRIPTS)));
  withExamples(command, [
    ["echo 'eval \"$(dewar completion bash)\"' >> ~/.bashrc", "installs it for bash"],
    ["echo 'eval \"$(dewar completion zsh)\"' >> ~/.zshrc", "installs it for zsh, after compinit"],
    ["dewar completion fish > ~/.config/fish/completions/dewar.fish", "installs it for fish"],
  ]);
  command.action(
    act(async ({ out }, _options, [shell]) => {
      await out.write(SCRIPTS[shell as keyof typeof SCRIPTS](commandsOf(program)));
    }),
  );
};
