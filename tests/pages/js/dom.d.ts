// Page tests ask elements that they found by selector for what only some elements have; a cast at
// each place would hide the test. Page modules themselves are checked without this file.
interface Element {
  click(): void;
  dataset: DOMStringMap;
  disabled: boolean;
  focus(): void;
  hidden: boolean;
  style: CSSStyleDeclaration;
  value: string | number;
}
