/** The leaks of one scan: each once for a path, whatever number of versions it has; what is let through set apart. */
import type { AllowedView } from "../../contract/config-test.ts";
import { stageOf } from "../../model/finding-code.ts";
import { type FindingDraft, FindingList } from "../../model/finding-list.ts";
import {
  type BaselineUse,
  findingOf,
  identityOf,
  type Leak,
  type LeakSource,
  scanText,
  type TextScan,
  unreadFinding,
} from "../../scan/index.ts";
import type { ScanText } from "./scan-texts.ts";

/** In the order of their places, with their stages. */
export function checked(drafts: readonly FindingDraft[]): Omit<AllowedView, "reason">[] {
  const list = new FindingList();
  list.addAll(drafts);
  return list.sorted().map((finding) => ({ ...finding, stage: stageOf(finding.code) }));
}

export class LeakCollection {
  readonly #scan: TextScan;
  readonly #baseline: BaselineUse;
  readonly #seen = new Set<string>();
  readonly drafts: FindingDraft[] = [];
  readonly accepted: AllowedView[] = [];
  /** What the findings are about, for whoever accepts them. */
  readonly leaks: { leak: Leak; path: string }[] = [];
  texts = 0;
  bytes = 0;

  constructor(scan: TextScan, baseline: BaselineUse) {
    this.#scan = scan;
    this.#baseline = baseline;
  }

  async *#counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  /** A form that stood there before was seen then; the value of a secret is told wherever it stands. */
  async #news(leaks: readonly Leak[], { former }: ScanText): Promise<readonly Leak[]> {
    if (!former || leaks.length === 0) return leaks;
    const before = (await former()) ?? "";
    return leaks.filter(
      ({ values, shapes }) => values.length > 0 || shapes.some(({ text }) => !before.includes(text)),
    );
  }

  #take(leak: Leak, source: LeakSource): void {
    const key = JSON.stringify([source.path, identityOf(leak)]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const { path } = source;
    const reason = this.#baseline.reasonFor(leak, path);
    const draft = findingOf(leak, source);
    if (reason !== undefined) {
      this.accepted.push({ ...checked([draft])[0]!, reason });
      return;
    }
    this.drafts.push(draft);
    this.leaks.push({ leak, path });
  }

  async add(text: ScanText): Promise<void> {
    const { path, commit, chunks, why, copies = [] } = text;
    if (!chunks) {
      this.drafts.push(unreadFinding(path, why ?? "unknown"));
      return;
    }
    this.texts++;
    const leaks = await scanText(this.#counted(chunks), path, this.#scan);
    const isMessage = text.isMessage ?? false;
    for (const leak of await this.#news(leaks, text)) {
      for (const place of [{ path, commit }, ...copies]) this.#take(leak, { ...place, isMessage });
    }
  }
}
