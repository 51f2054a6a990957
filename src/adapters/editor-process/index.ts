/**
 * The person's own editor (`$VISUAL`, `$EDITOR`) on a private file: in memory where the system has a folder for that, so
 * that no disk ever holds the text, and removed whatever happens but a kill that nothing survives. Only an edit that could
 * not be used is kept, where it is asked for.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemCode } from "../../base/error.ts";
import type { Editor, EditorAnswer, KeptText } from "../../ports/editor.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const SIGNALS = ["SIGTERM", "SIGHUP"] as const;
const MEMORY = "/dev/shm";

/** A folder whose files lie in memory, or the system's folder for what is temporary. */
function privateFolder(): string {
  let base = tmpdir();
  try {
    accessSync(MEMORY, constants.W_OK);
    if (statSync(MEMORY).isDirectory()) base = MEMORY;
  } catch {
    // The system has none.
  }
  return mkdtempSync(join(base, "ringfence-edit-"));
}

/** By the shell, since the variable may hold words: `code --wait`. */
function run(editor: string, path: string, variables: Variables): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn("sh", ["-c", `${editor} "$@"`, "sh", path], {
      stdio: "inherit",
      env: { ...variables },
    });
    child.on("error", () => done("it could not be started"));
    child.on("exit", (code, signal) => {
      if (code === 0) return done(undefined);
      done(signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`);
    });
  });
}

/** Ctrl-C belongs to the editor as long as it runs; a signal that ends this process takes the file with it. */
async function guarded<T>(remove: () => void, work: () => Promise<T>): Promise<T> {
  const ignore = () => {};
  const end = (signal: NodeJS.Signals) => {
    remove();
    for (const one of SIGNALS) process.off(one, end);
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", ignore);
  for (const signal of SIGNALS) process.on(signal, end);
  process.on("exit", remove);
  try {
    return await work();
  } finally {
    remove();
    process.off("exit", remove);
    process.off("SIGINT", ignore);
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

/** @param variables the process environment as the editor gets it, with nothing in it that leads to a key */
export function openEditor(variables: Variables): Editor {
  return {
    keep(text, name): KeptText {
      try {
        const path = join(privateFolder(), name);
        writeFileSync(path, text, { mode: 0o600, flag: "wx" });
        return { ok: true, path };
      } catch (error) {
        const code = systemCode(error);
        if (code === undefined) throw error;
        return { ok: false, why: `no file can be written for it (${code})` };
      }
    },
    async edit(text, name): Promise<EditorAnswer> {
      const editor = variables.VISUAL || variables.EDITOR;
      if (!editor) return { ok: false, why: "neither VISUAL nor EDITOR says which editor to use" };
      const folder = privateFolder();
      const path = join(folder, name);
      return guarded(
        () => rmSync(folder, { recursive: true, force: true }),
        async () => {
          writeFileSync(path, text, { mode: 0o600, flag: "wx" });
          const fault = await run(editor, path, variables);
          if (fault !== undefined) return { ok: false, why: `the editor ${editor}: ${fault}` };
          return { ok: true, text: readFileSync(path, "utf8") };
        },
      );
    },
  };
}
