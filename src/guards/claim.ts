/** What environments claim as their own, and the facts from which the claims are read. Plain types. */
import type { Place } from "../base/place.ts";
import type { SharedKind } from "../model/isolation.ts";
import type { DeclaredResource, EnvironmentFolder } from "../model/resource.ts";
import type { ResolvedSetting } from "../model/setting.ts";

/** One thing that an environment uses, in a form that is the same for the same thing. */
export interface Claim {
  readonly kind: SharedKind;
  /** Equal for the same thing, but for kinds that overlap: paths, networks, slots, patterns of hosts. */
  readonly key: string;
  /** The thing for people; undefined where it may be secret. */
  readonly shown: string | undefined;
  /** The setting, or the resource as `cron.nightly`. */
  readonly subject: string;
  readonly place: Place;
  /** It is only a part of the value, as a password in a URL: another setting with the whole value is named first. */
  readonly isPart: boolean;
  /** The value is a secret by itself, not put together from others: it is set where secrets are. */
  readonly isSecret: boolean;
  /** It means another thing on another machine: an address of one's own, a port. */
  readonly isLocal: boolean;
  /** Many may use it; only who declares it as one's own has it alone. */
  readonly isShareable: boolean;
}

/** What a reader finds in one setting or resource: a claim without its origin. */
export interface Found {
  readonly kind: SharedKind;
  readonly key: string;
  readonly shown?: string | undefined;
  readonly isPart?: boolean;
  readonly isLocal?: boolean;
  readonly isShareable?: boolean;
}

/** A fingerprint under the proof's own key: equal for equal texts, and nothing can be told from it without the key. */
export type Fingerprint = (text: string) => string;

/** The path with symbolic links resolved as far as it exists; relative ones are the project's. */
export type RealPath = (path: string) => string;

/** Who can open an environment's secrets. */
export interface RecipientFact {
  readonly recipient: string;
  readonly place: Place;
  /** A person or machine: they may open several environments, where that is declared; an environment's identity may not. */
  readonly isPerson: boolean;
}

/** Something of an environment that can't be read here. */
export interface UnreadFact {
  readonly subject: string | null;
  readonly where: string;
  readonly why: string;
  readonly fix: string;
}

/** A setting that is kept in another store. */
export interface KeptFact {
  readonly subject: string;
  readonly place: Place;
  /** The same for the same field of the same secret of the same store. */
  readonly key: string;
}

/** A variable in one environment's sources that has another's prefix. */
export interface ForeignVariable {
  readonly name: string;
  readonly place: Place;
  /** The environment whose prefix it has, and where that is declared. */
  readonly owner: string;
  readonly ownerPlace: Place;
}

/** What is known of one environment. */
export interface EnvironmentFacts {
  readonly name: string;
  /** Settings with a value or sealed, in order. */
  readonly settings: readonly ResolvedSetting[];
  /** Patterns of the hosts that it runs on. */
  readonly hosts: readonly string[];
  readonly services: readonly { readonly name: string; readonly port: number; readonly place: Place }[];
  readonly recipients: readonly RecipientFact[];
  readonly folders: readonly EnvironmentFolder[];
  readonly resources: readonly DeclaredResource[];
  readonly foreign: readonly ForeignVariable[];
  readonly unread: readonly UnreadFact[];
  readonly kept: readonly KeptFact[];
}

/** What readers of settings may ask. */
export interface Surroundings {
  readonly fingerprint: Fingerprint;
  readonly realPath: RealPath;
  /** The text of another setting of the environment; undefined where it has no value that is known. */
  readonly text: (name: string) => string | undefined;
  /** Where relative database files lie: the environment's own folder for data. */
  readonly dataFolder: string | undefined;
  /** Names of the project's services. */
  readonly services: readonly string[];
}

/** Reads what one setting claims. */
export type Reader = (setting: ResolvedSetting, around: Surroundings) => readonly Found[];
