/** What a program gave as a layer, or why there is none. Pure: the program was run elsewhere. */
import type { FindingDraft } from "../model/finding-list.ts";
import type { EnvironmentLayer } from "../model/project.ts";
import { readJson } from "../model/source-json.ts";
import type { LayerText } from "./candidates.ts";

/** The finding about a layer whose program may not run. @param why as `was never trusted on this machine` */
export function untrustedLayer(layer: EnvironmentLayer, why: string): LayerText {
  const problem: FindingDraft = {
    code: "SETTING_LAYER_UNTRUSTED",
    place: layer.declaration.place,
    why: `the layer ${layer.path} is missing, nothing was run: it ${why}`,
    fix: "ringfence trust   # after reading what it lists",
  };
  return { ...layer, text: undefined, problem };
}

/** The finding about a layer whose program failed. @param fix how to see for oneself */
export function failedLayer(layer: EnvironmentLayer, why: string, fix: string): LayerText {
  const { path, declaration } = layer;
  const problem: FindingDraft = {
    code: "SETTING_LAYER_FAILED",
    place: declaration.place,
    why: `the layer ${path} is missing: ${why}`,
    fix,
  };
  return { ...layer, text: undefined, problem };
}

/** The layer that a program printed, where it is one JSON object. @param fix how to see what was printed */
export function printedLayer(layer: EnvironmentLayer, text: string, fix: string): LayerText {
  const { root, problems } = readJson(text, layer.path);
  const [mistake] = problems;
  if (mistake) {
    const { line, column } = mistake.place;
    return failedLayer(layer, `line ${line}, column ${column} of its output: ${mistake.why}`, fix);
  }
  return root?.kind === "map" ? { ...layer, text } : failedLayer(layer, "it gives no JSON object", fix);
}
