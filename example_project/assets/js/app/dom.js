/** The first element in the page that `selector` names, or null. */
export const one = (selector) => document.querySelector(selector);

/** Every element in the page that `selector` names. */
export const all = (selector) => [...document.querySelectorAll(selector)];

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children. */
export const element = (name, attributes = {}, ...children) =>
  dressed(document.createElement(name), attributes, children);

/** An SVG element with attributes and children. */
export const shape = (name, attributes = {}, ...children) =>
  dressed(document.createElementNS(SVG, name), attributes, children);

function dressed(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
