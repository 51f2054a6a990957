/** Lets a person edit a text that nobody else may see. */

export type EditorAnswer =
  /** The text as it was saved; the same where nothing was changed. */
  | { readonly ok: true; readonly text: string }
  /** Why there is no text. */
  | { readonly ok: false; readonly why: string };

/** Where a text is, or why it is nowhere. */
export type KeptText =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string };

export interface Editor {
  /**
   * Keeps an edited text that could not be used: in a folder of its own that nobody else can enter, for the person to
   * delete. @param name what its file is called
   */
  keep(text: string, name: string): KeptText;
  /** Waits until the person is done. No copy of the text is left, however it ends. @param name what its file is called */
  edit(text: string, name: string): Promise<EditorAnswer>;
}
