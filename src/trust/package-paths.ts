/** What a `package.json` says of its own package's files: `main`, and Node's `imports` and `exports`. Pure. */

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of a `package.json`; none where it is no JSON object, as Node then refuses it. */
export function packageFields(bytes: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

/** The texts in a target: under each condition, in each place of a list. */
function textsIn(target: unknown): string[] {
  if (typeof target === "string") return [target];
  return typeof target === "object" && target !== null ? Object.values(target).flatMap(textsIn) : [];
}

/** What stands for the `*` of a key; empty where the key has none; undefined where it is another's. */
function starOf(key: string, name: string): string | undefined {
  const [before = "", after] = key.split("*");
  if (after === undefined) return key === name ? "" : undefined;
  const fits = name.length >= key.length && name.startsWith(before) && name.endsWith(after);
  return fits ? name.slice(before.length, name.length - after.length) : undefined;
}

function targetsOf(table: unknown, name: string): string[] {
  const isTable = isFields(table) && Object.keys(table).every((key) => /^[.#]/.test(key));
  const entries = isTable ? Object.entries(table) : [[".", table] as const];
  return entries.flatMap(([key, target]) => {
    const star = starOf(key, name);
    return star === undefined ? [] : textsIn(target).map((text) => text.replaceAll("*", star));
  });
}

/**
 * The paths, relative to the package's folder, that `#inner` or the package's own name may mean, under whatever
 * condition. None for other packages.
 */
export function ownPaths({ name, imports, exports }: Fields, specifier: string): string[] {
  if (specifier.startsWith("#")) return targetsOf(imports, specifier).filter((path) => path.startsWith("./"));
  const isOwn =
    typeof name === "string" && name !== "" && (specifier === name || specifier.startsWith(`${name}/`));
  return isOwn ? targetsOf(exports, `.${specifier.slice(name.length)}`) : [];
}

/** What `require` and `node FOLDER` run, relative to the package's folder. */
export function mainPath({ main }: Fields): string[] {
  return typeof main === "string" ? [main] : [];
}
