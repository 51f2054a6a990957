/** Settings as every face shows them. A secret's value is null wherever it is not asked for by name. */
import type { Finding } from "../model/finding.ts";
import type { SettingValue } from "../model/setting.ts";

export interface SettingView {
  readonly value: SettingValue;
  readonly secret: boolean;
  /** Keyed: equal only for equal values of one key under one identity. Missing where it can't be opened here. */
  readonly fingerprint?: string;
  /** It stands in the secrets file and can't be opened here. */
  readonly sealed?: true;
  /** Its value hangs on what other stores keep, which were not asked. */
  readonly unasked?: true;
  /** Where another store keeps it. */
  readonly reference?: string;
  /** Source of the winning layer. */
  readonly from: string;
}

export interface SettingsView {
  readonly environment: string;
  readonly settings: Readonly<Record<string, SettingView>>;
}

export interface SecretListView {
  readonly environment: string;
  readonly file: string;
  readonly recipients: readonly string[];
  /** What is wrong with who may open it, each with its fix. */
  readonly findings: readonly Finding[];
  readonly signedBy: string | null;
  readonly secrets: readonly { readonly name: string; readonly declared: boolean; readonly line: number }[];
}

export interface ExportView {
  readonly environment: string;
  readonly format: string;
  /** The whole text, with its last line end. */
  readonly text: string;
  /** Names of the secrets that are not in it. */
  readonly secretsLeftOut: readonly string[];
}
