import type { RunCommand } from './run-command.ts';

/** Programs that a build needs. */
export interface BuildTools {
  readonly python: string;
  readonly compiler: string;
}

/** The programs that a build needs, or what is missing and how to get it. */
export type ToolSearch = { readonly tools: BuildTools } | { readonly missing: readonly string[] };

interface Tool {
  readonly what: string;
  readonly cure: string;
  /** Commands that end well where the tool is there. */
  readonly tries: readonly (readonly [program: string, ...args: string[]])[];
}

const python = (env: NodeJS.ProcessEnv): Tool => ({
  what: 'Python 3 with pip',
  cure: 'Debian: apt install python3-pip; another Python: PYTHON=/path/to/python3',
  tries: [env['PYTHON'] ?? 'python3'].map((program) => [program, '-m', 'pip', '--version'] as const),
});

const compiler = (env: NodeJS.ProcessEnv): Tool => ({
  what: 'a C++ compiler',
  cure: 'Debian: apt install g++; another compiler: CXX=/path/to/compiler',
  tries: (env['CXX'] ? [env['CXX']] : ['c++', 'g++', 'clang++']).map(
    (program) => [program, '--version'] as const,
  ),
});

/** Looks for what a build needs. PYTHON and CXX in `env` name other programs than the usual ones. */
export async function findTools(
  run: RunCommand,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<ToolSearch> {
  const found: (string | undefined)[] = [];
  const missing: string[] = [];
  for (const { what, cure, tries } of [python(env), compiler(env)]) {
    let program: string | undefined;
    for (const [candidate, ...args] of tries) {
      if (program === undefined && (await run({ program: candidate, args, cwd, env })).ok)
        program = candidate;
    }
    found.push(program);
    if (program === undefined) missing.push(`${what} (${cure})`);
  }
  const [pythonProgram, compilerProgram] = found;
  if (pythonProgram === undefined || compilerProgram === undefined) return { missing };
  return { tools: { python: pythonProgram, compiler: compilerProgram } };
}
