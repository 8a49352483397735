import { type Content, type Markup, markup } from "../markup.ts";

/**
 * What may be wider than the page: it scrolls sideways by itself, shows by a shadow that there is more, and can be reached and moved by
 * the keyboard (https://www.w3.org/WAI/WCAG22/Understanding/keyboard.html).
 */
export function wide(label: string, content: Content): Markup {
  return markup`<div class="wide" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
