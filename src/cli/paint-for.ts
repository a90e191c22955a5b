/** How a page is painted for the stream it goes to. */
import { COLOURS, type Paint, PLAIN } from '../reports/paint.ts'

/** Colours on a terminal that has them: Node knows which do, and that NO_COLOR forbids them. */
export function paintFor(out: NodeJS.WritableStream & { readonly isTTY?: boolean; hasColors?(): boolean }): Paint {
  return out.isTTY === true && out.hasColors?.() === true ? COLOURS : PLAIN
}
