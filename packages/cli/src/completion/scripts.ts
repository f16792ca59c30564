import type { CommandWords } from './words.ts';

const quoted = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
const list = (words: readonly string[]): string => quoted(words.join(' '));

/** The paths of all commands but the program, as a pattern of `case`. */
const pathsPattern = (commands: readonly CommandWords[]): string =>
  commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join('|');

function bashScript(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter((option) => option.hasValue)
      .map((option) => `    ${quoted(`${path} ${option.word}`.trim())}) words=${list(option.values)} ;;`),
  );
  const behind = commands.map(({ path, commands: below, options, values: own }) => {
    const words = below.length > 0 ? below.map(({ word }) => word) : own;
    const flags = options.map(({ word }) => word);
    return `    ${quoted(path)}) words=${list(words)} options=${list(flags)} ;;`;
  });
  return `# Completion of medgan. In ~/.bashrc: source <(medgan completion bash)
_medgan() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at='' words='' options='' i next
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case "$next" in
    ${pathsPattern(commands)}) at="$next" ;;
    esac
  done
  COMPREPLY=()
  # The value of an option: one of those it takes, or else a file.
  case "\${at:+$at }$before" in
${values.join('\n')}
    *)
      case "$at" in
${behind.map((line) => `  ${line}`).join('\n')}
      esac
      if [[ $current == -* ]]; then words=$options; fi
      ;;
  esac
  while IFS= read -r next; do COMPREPLY+=("$next"); done < <(compgen -W "$words" -- "$current")
}
complete -o bashdefault -o default -F _medgan medgan
`;
}

/** The one of bash, which zsh runs too. */
const zshScript = (commands: readonly CommandWords[]): string =>
  bashScript(commands).replace(
    /^#.*\n/,
    `# Completion of medgan. In ~/.zshrc, below compinit: source <(medgan completion zsh)
autoload -U +X compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
`,
  );

function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ path, commands: below, options, values }) => {
    const at = `complete -c medgan -n ${quoted(`__medgan_at ${quoted(path)}`)}`;
    return [
      ...below.map(({ word, about }) => `${at} -f -a ${word} -d ${quoted(about)}`),
      ...(values.length === 0 ? [] : [`${at} -f -a ${list(values)}`]),
      ...options.map((option) => {
        const takes = !option.hasValue
          ? ''
          : option.values.length > 0
            ? ` -x -a ${list(option.values)}`
            : ' -r';
        return `${at} -l ${option.word.slice(2)}${takes} -d ${quoted(option.about)}`;
      }),
    ];
  });
  return `# Completion of medgan. In ~/.config/fish/config.fish: medgan completion fish | source
set -g __medgan_paths ${commands.map(({ path }) => quoted(path)).join(' ')}
function __medgan_at
    set -l at ''
    for word in (commandline -opc)[2..]
        set -l next (string trim -- "$at $word")
        contains -- "$next" $__medgan_paths; and set at $next
    end
    test "$at" = "$argv"
end
${lines.join('\n')}
`;
}

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export type Shell = keyof typeof SHELLS;
export const SHELL_NAMES = Object.keys(SHELLS) as Shell[];

/** A script that completes the command line of medgan in a shell; where nothing else fits, files. */
export const completionScript = (shell: Shell, commands: readonly CommandWords[]): string =>
  SHELLS[shell](commands);
