/** Keys in Kubernetes manifests: config maps, secrets, containers' variables, and kustomize's generators. */
import type { SourceNode } from "../model/source-tree.ts";
import type { SourceFile } from "./discovery.ts";
import type { Part } from "./item.ts";
import {
  assignments,
  child,
  entriesOf,
  itemsOf,
  namedValues,
  type TreeEntry,
  textOf,
} from "./tree-entries.ts";

const VARIABLE = /^[A-Za-z_][\w.-]*$/;

/** True for a Kubernetes object, and for a kustomization, which may leave its kind out. */
export function isManifest({ path }: Pick<SourceFile, "path">, root: SourceNode): boolean {
  if (/(?:^|\/)kustomization\.ya?ml$/.test(path)) return true;
  return child(root, "apiVersion") !== undefined && child(root, "kind") !== undefined;
}

function dataOf(node: SourceNode | undefined, decode: (text: string) => string): TreeEntry[] {
  return [...entriesOf(node)]
    .filter(([name, { value }]) => value.kind === "scalar" && VARIABLE.test(name))
    .map(([name, { keyPlace, value }]) => ({
      name,
      text: decode(textOf(value)!),
      place: keyPlace,
      reference: false,
    }));
}

const fromBase64 = (text: string) => Buffer.from(text, "base64").toString("utf8");
const asItIs = (text: string) => text;

/** Containers at any depth: pods, deployments, jobs and cron jobs nest them differently. */
function containersOf(node: SourceNode): SourceNode[] {
  if (node.kind === "list") return node.items.flatMap(containersOf);
  return [...entriesOf(node)].flatMap(([key, { value }]) =>
    key === "containers" || key === "initContainers" ? itemsOf(value) : containersOf(value),
  );
}

/** The parts of one object; none for kinds that hold no settings. */
export function kubernetesParts(root: SourceNode): Part[] {
  const kind = textOf(child(root, "kind")) ?? "Kustomization";
  const name = textOf(child(root, "metadata", "name")) ?? "";
  if (kind === "ConfigMap")
    return [{ part: `config map ${name}`, entries: dataOf(child(root, "data"), asItIs) }];
  if (kind === "Secret") {
    const part = `secret ${name}`;
    return [
      { part, entries: dataOf(child(root, "data"), fromBase64), encoded: true },
      { part, entries: dataOf(child(root, "stringData"), asItIs) },
    ];
  }
  if (kind === "Kustomization") {
    return ["configMapGenerator", "secretGenerator"].flatMap((generator) =>
      itemsOf(child(root, generator)).map((one) => ({
        part: `${generator === "secretGenerator" ? "secret" : "config map"} ${textOf(child(one, "name")) ?? ""}`,
        entries: assignments(child(one, "literals")),
      })),
    );
  }
  return containersOf(root).map((container) => ({
    part: `container ${textOf(child(container, "name")) ?? ""}`,
    entries: namedValues(child(container, "env")),
  }));
}
