/**
 * A run under its environment's conditions: folders, umask, view, limits, log. Loaded only where there are some.
 * Whatever can't be met refuses the run before anything is started or recorded.
 */
import { isatty } from "node:tty";
import { logPath, type RunLimits } from "../../snapshot/conditions.ts";
import { workingFolder } from "../working-folder.ts";
import { type Cgroup, createCgroup } from "./cgroup.ts";
import { type ChildEnd, runChild } from "./child.ts";
import { runErrors } from "./errors.ts";
import { planExec, replaceProcess } from "./exec.ts";
import type { ResolvedRun } from "./execute.ts";
import { ensureFolders } from "./folders.ts";
import { type LimitMeans, type LimitPlan, limitedCommand, machineMeans, planLimits } from "./limits.ts";
import { openLogFile } from "./log-file.ts";
import { say } from "./report.ts";
import { STATUS_HANDLE, supervise } from "./supervision.ts";
import { findBubblewrap, onTerminal, viewArguments } from "./view.ts";

const warn = (text: string): void => say(`warning ${text}\n`);

function checked(limits: RunLimits, environment: string, means: LimitMeans): LimitPlan {
  const plan = planLimits(limits, means);
  if (plan.unkept.length === 0) return plan;
  if (limits.unenforced === "warn") {
    for (const text of plan.unkept) warn(`RUN_LIMIT_UNENFORCEABLE: ${text}`);
    return plan;
  }
  throw runErrors.RUN_LIMIT_UNENFORCEABLE({
    what: `limits of ${environment} cannot be enforced on this machine`,
    where: "policy run.limits",
    why: plan.unkept.join("; "),
    fix: "run: { limits: { unenforced: warn } }   # under the environment's policies: it then runs with a warning",
    details: { unenforced: plan.unkept },
  });
}

function groupOf({ places }: LimitPlan, limits: RunLimits): Cgroup | undefined {
  if (places.length === 0) return undefined;
  try {
    return createCgroup(places, limits);
  } catch (error) {
    throw runErrors.RUN_LIMIT_UNENFORCEABLE({
      what: "the control group for the run cannot be made",
      where: places.map(({ folder }) => folder).join(" "),
      why: error instanceof Error ? error.message : String(error),
      fix: `ls -ld ${places.map(({ folder }) => `'${folder}'`).join(" ")}`,
      cause: error,
    });
  }
}

/** The file and the words that the operating system starts: the command, in its view. */
function viewed({ snapshot, root, file, command, outer }: ResolvedRun): readonly string[] {
  const { view, folders } = snapshot.conditions;
  if (!view) return [file, ...command.slice(1)];
  const facts = { root, outer, workingFolder: workingFolder() };
  const bubblewrap = [
    findBubblewrap(),
    ...["--json-status-fd", String(STATUS_HANDLE)],
    ...viewArguments(view, folders, facts),
    "--",
  ];
  const inner = [file, ...command.slice(1)];
  const isInteractive = [0, 1, 2].some((handle) => isatty(handle));
  return isInteractive ? onTerminal(bubblewrap, inner) : [...bubblewrap, ...inner];
}

/** A prepared run: everything that can refuse it has been asked. */
export interface PreparedRun {
  /**
   * Starts it; answers how it ended, unless this process is replaced.
   *
   * @param beforeReplaced is called right before this process is replaced.
   */
  start(beforeReplaced: () => void): Promise<ChildEnd>;
}

/**
 * Prepares what the conditions demand.
 *
 * @throws RUN_FOLDER_UNSAFE, RUN_VIEW_UNAVAILABLE, RUN_LIMIT_UNENFORCEABLE, RUN_LOG_UNWRITABLE
 */
export function prepareConditioned(run: ResolvedRun): PreparedRun {
  const { root } = run;
  const { conditions, environment } = run.snapshot;
  const { limits, folders, umask, logFile, view } = conditions;
  ensureFolders(folders, root);
  const words = viewed(run);
  const plan = limits && checked(limits, environment, machineMeans());
  const logAt = logFile && logPath(root, logFile, run.command[0]!);
  const log =
    logFile &&
    openLogFile(
      logAt!,
      logFile,
      (why) => warn(`RUN_LOG_UNWRITABLE: ${why} (${logAt}); output is only shown`),
      root,
    );
  return {
    async start(beforeReplaced) {
      const scrub = log ? run.secrets : run.scrub;
      if (umask !== undefined) process.umask(umask);
      const cgroup = plan && groupOf(plan, limits!);
      const limited = plan ? limitedCommand(plan, cgroup?.joinFiles ?? [], words) : words;
      const inView = view !== undefined;
      const inShell = limited !== words;
      const [file, command] = inShell || inView ? [limited[0]!, limited] : [run.file, run.command];
      const isSupervised = plan !== undefined || inView;
      const exec = scrub || isSupervised || run.leases ? undefined : planExec(file, command, run.variables);
      if (exec) return replaceProcess(exec, run.variables, beforeReplaced);
      const name = run.command[0]!;
      const supervised = { limits, cgroup, inShell, inView, environment, name, warn };
      const watch = isSupervised ? supervise(supervised) : undefined;
      try {
        run.leases?.start();
        const beforeEnd = () => run.leases?.end();
        const { variables } = run;
        return await runChild({ file, command, environment, variables, scrub, watch, log, beforeEnd });
      } finally {
        cgroup?.remove();
        log?.close();
        if (log && log.lostLines > 0) {
          warn(`RUN_LOG_UNWRITABLE: ${log.lostLines} lines of output are not in ${logAt}`);
        }
      }
    },
  };
}
