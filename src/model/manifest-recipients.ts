/** Mistakes in who secrets are encrypted to: entries that name nobody, keys that are mistyped or shared. */
import { formatPlace, type Place } from "../base/place.ts";
import type { FindingDraft } from "./finding-list.ts";
import { FORMATS, hasRecipientChecksum } from "./manifest-formats.ts";
import { namesIn, sharedFindings, unknownName } from "./manifest-names.ts";
import { bareRecipient, readRecipientEntry } from "./recipient.ts";
import { type SourceNode, textsAt } from "./source-tree.ts";

type Drafts = Iterable<FindingDraft>;

interface Written {
  readonly text: string;
  readonly place: Place;
}

/** Somebody with a name under `people` or `machines`. */
interface Known {
  readonly name: string;
  readonly roles: readonly string[];
  readonly recipient: Written | undefined;
}

function knownIn(root: SourceNode, section: "people" | "machines"): Known[] {
  return namesIn(root, section).map((name) => ({
    name,
    roles: textsAt(root, section, name, "roles").map(({ text }) => text),
    recipient: textsAt(root, section, name, "recipient")[0],
  }));
}

const isRecipient = (text: string): boolean => FORMATS.recipient.pattern.test(text);

function* mistyped(written: Iterable<Written>): Drafts {
  for (const { text, place } of written) {
    if (!isRecipient(text) || text.startsWith("ssh-") || hasRecipientChecksum(text)) continue;
    const why = "the age recipient is mistyped: its checksum does not fit";
    yield { code: "MANIFEST_VALUE", place, why, fix: "copy it again from where age-keygen printed it" };
  }
}

/** An entry that stands for others, and for whom as far as they are known. */
interface Entry extends Written {
  readonly owner: string;
  readonly kind: "person" | "machine" | "role";
  readonly meant: readonly Known[];
  /** Entries of the same kind that would stand for somebody. */
  readonly known: readonly string[];
}

function readEntry(
  written: Written & { readonly owner: string },
  people: readonly Known[],
  machines: readonly Known[],
): Entry[] {
  const entry = readRecipientEntry(written.text);
  if (entry.kind === "key") return [];
  const { kind, name: wanted } = entry;
  const all = kind === "machine" ? machines : people;
  const namesOf = ({ name, roles }: Known) => (kind === "role" ? roles : [name]);
  const known = [...new Set(all.flatMap(namesOf))].map((name) => `${kind}:${name}`);
  return [{ ...written, kind, known, meant: all.filter((one) => namesOf(one).includes(wanted)) }];
}

/** What keeps an entry from standing for anybody. */
function* entryFinding({ text, place, kind, meant, known }: Entry): Drafts {
  if (meant.length === 0) {
    yield unknownName("MANIFEST_UNKNOWN_RECIPIENT", `${kind} of this project`, text, known, place);
  } else if (kind !== "machine" && !meant.some(({ recipient }) => recipient)) {
    const who = meant.map(({ name }) => name).join(", ");
    const why = `${text} stands for nobody that secrets can be encrypted to: ${who} has no recipient`;
    const fix = `delete it here, then: ringfence me init --name ${meant[0]!.name}   # and: ringfence secret recipients add ${text}`;
    yield { code: "MANIFEST_NO_RECIPIENT", place, why, fix };
  }
}

/** A key that one environment names itself, and another by its owner, belongs to both all the same. */
function* namedElsewhere(
  keys: readonly (Written & { readonly owner: string })[],
  entries: readonly Entry[],
): Drafts {
  const isOf = (key: Written) => (one: Known) =>
    one.recipient !== undefined && bareRecipient(one.recipient.text) === bareRecipient(key.text);
  for (const key of keys) {
    const entry = entries.find(({ owner, meant }) => owner !== key.owner && meant.some(isOf(key)));
    if (!entry) continue;
    const why = `${key.owner} and ${entry.owner} (${formatPlace(entry.place)}) share the age recipient of ${entry.text}`;
    yield { code: "MANIFEST_SHARED_RECIPIENT", place: key.place, why, fix: `write ${entry.text}` };
  }
}

/** All mistakes of this sort. A person, machine or role may stand in several environments; a key alone may not. */
export function* recipientFindings(root: SourceNode): Drafts {
  const people = knownIn(root, "people");
  const machines = knownIn(root, "machines");
  const written = namesIn(root, "environments").flatMap((owner) =>
    textsAt(root, "environments", owner, "recipients").map((one) => ({ ...one, owner })),
  );
  const keys = written.filter(({ text }) => isRecipient(text));
  const entries = written
    .filter(({ text }) => FORMATS.recipientEntry.pattern.test(text))
    .flatMap((one) => readEntry(one, people, machines));
  const owned = [...people, ...machines].flatMap(({ name, recipient }) =>
    recipient ? [{ ...recipient, owner: name }] : [],
  );
  yield* mistyped([...keys, ...owned]);
  for (const entry of entries) yield* entryFinding(entry);
  const uses = (from: readonly (Written & { readonly owner: string })[]) =>
    from.map(({ text, owner, place }) => ({ key: bareRecipient(text), owner, place }));
  yield* sharedFindings(
    "MANIFEST_SHARED_RECIPIENT",
    "age recipient",
    uses(keys),
    "make an identity for this environment alone, and name its recipient here",
  );
  yield* sharedFindings(
    "MANIFEST_SHARED_RECIPIENT",
    "age recipient",
    uses(owned),
    "let each of them have an identity of their own: ringfence me init",
  );
  yield* namedElsewhere(keys, entries);
}
