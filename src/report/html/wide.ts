import { type Content, type Markup, markup } from "../markup.ts";

/**
 * Content that may be wider than the page: it scrolls horizontally, a shadow shows that there is more, and the keyboard can focus and
 * scroll it (https://www.w3.org/WAI/WCAG22/Understanding/keyboard.html).
 */
export function wide(label: string, content: Content): Markup {
  return markup`<div class="wide" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
