// The few things asked of the document.
export const $ = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', '#i-' + name);
  svg.appendChild(use);
  return svg;
}

export function button(className, label, iconName) {
  const element = make('button', className, iconName ? undefined : label);
  element.type = 'button';
  if (iconName) {
    element.appendChild(icon(iconName));
    element.setAttribute('aria-label', label);
  }
  return element;
}

export function empty(element) {
  while (element.firstChild) element.removeChild(element.firstChild);
}

// Whether this device is used by touch: there a focus in the composer would raise the keyboard.
export const touched = () => window.matchMedia('(pointer: coarse)').matches;
