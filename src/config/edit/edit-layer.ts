/** Edits a layer's text by the names of settings, whatever its format. Only the lines of what is edited differ. */
import type { LayerDeclaration } from "../../model/project.ts";
import type { SettingDeclaration, SettingValue } from "../../model/setting.ts";
import { parseLayer } from "../candidates.ts";
import { type DotenvEdit, editDotenv } from "../dotenv-edit.ts";
import { configErrors } from "../errors.ts";
import { editTreeLayer, type SettingEdit } from "./layer-edit.ts";
import { dotenvText, treeValue, Unwritable, type WrittenValue } from "./written-value.ts";

/** One edit by name. What is removed or renamed and is not there leaves the text as it is. */
export type LayerEdit =
  | { readonly kind: "set"; readonly name: string; readonly written: WrittenValue }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string };

/** What a new file begins with. */
const EMPTY = { dotenv: "", yaml: "", toml: "", tfvars: "", json: "{}\n" } as const;

function unwritable(name: string, path: string, why: string) {
  return configErrors.CONFIG_UNEDITABLE({
    what: `${name} can't be written in ${path}`,
    where: path,
    why,
    fix: `write ${name} in ${path} by hand, or in a layer of another format`,
  });
}

class Editing {
  readonly #declaration: LayerDeclaration;
  readonly #path: string;
  readonly #declared: ReadonlyMap<string, SettingDeclaration>;

  constructor(declaration: LayerDeclaration, path: string, settings: readonly SettingDeclaration[]) {
    this.#declaration = declaration;
    this.#path = path;
    this.#declared = new Map(settings.map((one) => [one.name, one]));
  }

  /** One edit after the other: each sees what the ones before have made. */
  apply(text: string, edit: LayerEdit): string {
    const { format, dialect } = this.#declaration;
    const present = parseLayer(this.#declaration, text, this.#path, this.#declared).entries.find(
      ({ name }) => name === edit.name,
    );
    if (!present && edit.kind === "rename" && format === "dotenv") return text;
    if (format === "dotenv") {
      const inText = this.#written(edit, (written) => dotenvText(written, dialect));
      return editDotenv(text, [{ ...edit, ...inText } as DotenvEdit], dialect);
    }
    const declaration = this.#declared.get(edit.name);
    const inTree = this.#written(edit, (written) => ({
      value: treeValue(written, declaration, present?.value),
    }));
    const isObject = (name: string) => this.#declared.get(name)?.type === "object";
    return editTreeLayer({ format, text, file: this.#path, isObject }, [
      { ...edit, ...inTree } as SettingEdit,
    ]);
  }

  #written<T extends { readonly text: string } | { readonly value: SettingValue }>(
    edit: LayerEdit,
    write: (written: WrittenValue) => T,
  ): T | undefined {
    if (edit.kind !== "set") return undefined;
    try {
      return write(edit.written);
    } catch (error) {
      if (error instanceof Unwritable) throw unwritable(edit.name, this.#path, error.why);
      throw error;
    }
  }
}

/**
 * The layer's text with the edits done, one after the other.
 *
 * @param text undefined where there is no file yet
 * @param settings as the manifest declares them: values are written in their types where the format has those
 * @throws CONFIG_UNEDITABLE where an edit can't be expressed, or would change more than its setting
 */
export function editLayer(
  declaration: LayerDeclaration,
  path: string,
  text: string | undefined,
  edits: readonly LayerEdit[],
  settings: readonly SettingDeclaration[],
): string {
  const editing = new Editing(declaration, path, settings);
  return edits.reduce((body, edit) => editing.apply(body, edit), text ?? EMPTY[declaration.format]);
}
