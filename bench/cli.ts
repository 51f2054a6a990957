/** What the command line costs on top of Node itself: `which` and `--help` of the built package. */
import { createTestProject } from "../src/cli/run/project.fixture.ts";
import { BUILT } from "./encrypted-project.ts";
import { measure } from "./processes.ts";
import { compare, type Row } from "./row.ts";

const BARE = "node -e 0";
const LIMITS = { which: 1.8, "--help": 3 };

export async function rows(): Promise<readonly Row[]> {
  const project = createTestProject();
  try {
    project.compile();
    const built = (words: readonly string[]) => ({
      command: [process.execPath, BUILT, ...words],
      cwd: project.root,
      variables: { RINGFENCE_HOME: project.home, ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" },
    });
    const costs = measure(
      [
        { name: BARE, command: [process.execPath, "-e", "0"] },
        { name: "which", ...built(["which"]) },
        { name: "--help", ...built(["--help"]) },
      ],
      101,
    );
    const bare = costs.get(BARE)!;
    return (["which", "--help"] as const).flatMap((name) => {
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
