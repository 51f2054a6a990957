/** Outgoing mail. Its local stand-in for SMTP is one file for each mail in the data folder, as RFC 5322 text. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "./jobs.ts";
import type { TaskmanagerSettings } from "./settings.ts";

function contentOf(job: Job): { subject: string; text: string } {
  if (job.kind === "verification") {
    return { subject: "Verify your e-mail address", text: `Your code is ${job.code}` };
  }
  return { subject: "A task is due", text: `${job.title}\nis due at ${job.due}` };
}

/** Line ends would let a text add headers of its own. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, " ");

/** Sends the mail of a job. Sending it again replaces the file: a job that is repeated makes no second mail. */
export async function sendMail(
  id: number,
  job: Job,
  settings: TaskmanagerSettings,
  dataFolder: string,
): Promise<void> {
  const { subject, text } = contentOf(job);
  const lines = [
    "From: Task Management <no-reply@taskmanager.example>",
    `To: ${oneLine(job.to)}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `X-Relay: ${settings.SMTP_HOST}:${settings.SMTP_PORT}`,
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
    "",
  ];
  const folder = join(dataFolder, "mail");
  const file = join(folder, `${String(id).padStart(6, "0")}-${job.kind}.eml`);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.part`, lines.join("\r\n"), { mode: 0o600 });
  await rename(`${file}.part`, file);
}
