/** What the command line costs on top of Node itself: `which`, `--help` and a small command of the built package. */
import { BUILT, createEncryptedProject } from "./encrypted-project.ts";
import { measure } from "./processes.ts";
import { compare, type Row } from "./row.ts";

const BARE = "node -e 0";
const LIMITS = { which: 1.8, "--help": 3, "env list": 5 };
const NAMES = ["which", "--help", "env list"] as const;

export async function rows(): Promise<readonly Row[]> {
  const project = await createEncryptedProject(20);
  try {
    const sides = NAMES.map((name) => ({
      name,
      command: [process.execPath, BUILT, ...name.split(" ")],
      cwd: project.root,
      variables: { ...project.variables, ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" },
    }));
    const costs = measure([{ name: BARE, command: [process.execPath, "-e", "0"] }, ...sides], 101);
    const bare = costs.get(BARE)!;
    return NAMES.flatMap((name) => {
      const cost = costs.get(name)!;
      return [
        compare(`${name}: processor time`, "ms", cost.cpuMs, {
          name: BARE,
          value: bare.cpuMs,
          limit: LIMITS[name],
        }),
        compare(`${name}: wall time`, "ms", cost.wallMs, { name: BARE, value: bare.wallMs }),
      ];
    });
  } finally {
    project.remove();
  }
}
