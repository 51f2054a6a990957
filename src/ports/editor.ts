/** Lets a person edit a text that nobody else may see. */

export type EditorAnswer =
  /** The text as it was saved; the same where nothing was changed. */
  | { readonly ok: true; readonly text: string }
  /** Why there is no text. */
  | { readonly ok: false; readonly why: string };

export interface Editor {
  /** Waits until the person is done. No copy of the text is left, however it ends. @param name what its file is called */
  edit(text: string, name: string): Promise<EditorAnswer>;
}
