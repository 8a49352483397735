import { SaxesParser } from "saxes";

/** An element as a strict parser of XML sees it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly elements: Element[];
  /** All text inside, that of its elements too. */
  text: string;
}

/** @throws Error with line and column where the document is not well-formed */
export function parseXml(document: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: "", attributes: {}, elements: [], text: "" };
  const open = [root];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes, elements: [], text: "" };
    open.at(-1)?.elements.push(element);
    open.push(element);
  });
  parser.on("closetag", () => open.pop());
  parser.on("text", (text) => open.forEach((element) => (element.text += text)));
  parser.on("cdata", (text) => open.forEach((element) => (element.text += text)));
  parser.write(document).close();
  const [element] = root.elements;
  if (!element) throw new Error("a document without an element");
  return element;
}

/** An element and everything inside it, in the document's order. */
export function everything(element: Element): Element[] {
  return [element, ...element.elements.flatMap(everything)];
}

export function all(element: Element, name: string): Element[] {
  return everything(element).filter((each) => each.name === name);
}
