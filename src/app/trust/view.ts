/** Programs and their trust as every face shows them. */
import { formatPlace } from "../../base/place.ts";
import type { ProgramFileView, ProgramView } from "../../contract/trust.ts";
import type { ProgramTrust } from "../../trust/index.ts";

function filesOf({ content, trust }: ProgramTrust): ProgramFileView[] {
  const changes = trust.state === "changed" ? trust.files : [];
  const changeOf = new Map(changes.map(({ path, change }) => [path, change]));
  const gone = changes.filter(({ change }) => change === "gone");
  return [
    ...content.files.map(({ path, digest }) => ({ path, digest, change: changeOf.get(path) ?? null })),
    ...gone.map(({ path, change }) => ({ path, digest: null, change })),
  ];
}

export function programView(program: ProgramTrust): ProgramView {
  const { content, trust } = program;
  const { kind, name, words, place, digest } = content;
  return {
    kind,
    name,
    words,
    where: formatPlace(place),
    digest,
    state: trust.state,
    at: trust.state === "never" ? null : trust.at,
    files: filesOf(program),
  };
}
