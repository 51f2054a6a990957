/** Leak scan: known values and forms of credentials in texts, archives, and the baseline of what is let through. */
export { ARCHIVE_LIMITS, looksArchived, unpack } from "./archive.ts";
export { ZIP_TAIL_BYTES } from "./archive-zip.ts";
export { type Baseline, BaselineUse, readBaseline } from "./baseline.ts";
export { findingOf, type LeakSource, unreadFinding, unusedFinding } from "./findings.ts";
export { identityOf, type KnownValue, type Leak } from "./leak.ts";
export { scanText, type TextScan } from "./text-scan.ts";
export { createValueSearch } from "./value-search.ts";
