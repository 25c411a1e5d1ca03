// The files and the QR picture that the bot sends along with a message.
import { empty, icon, make } from './dom.js';
import { weight, word } from './words.js';

const LIGHT = 3 * 1024 * 1024; // heavier photos are fetched only when somebody asks for them

export const hasGiven = (entry) => Boolean((entry.given && entry.given.length) || entry.qr);

function face(element, child) {
  const room = element.querySelector('.face');
  empty(room);
  room.appendChild(child);
}

// A photo shows itself; one this browser cannot read, or that is gone, stays a link.
function show(element, file) {
  const image = make('img');
  image.loading = 'lazy';
  image.alt = file.name;
  image.onerror = () => {
    element.classList.remove('photo');
    face(element, icon('file'));
  };
  image.src = file.url;
  element.classList.add('photo');
  face(element, image);
}

function tile(file) {
  const element = make('a', 'tile');
  element.href = file.url;
  element.target = '_blank';
  element.rel = 'noopener';
  element.appendChild(make('div', 'face'));
  element.appendChild(make('span', 'name', file.name));
  element.appendChild(make('span', 'weight', weight(file.size)));
  if (file.kind === 'photo' && file.size <= LIGHT) show(element, file);
  else face(element, icon('file'));
  return element;
}

export function makeGiven(entry) {
  const element = make('div', 'album given');
  const given = entry.given || [];
  element.classList.toggle('many', given.length > 1);
  given.forEach((file) => element.appendChild(tile(file)));
  if (entry.qr) {
    const image = make('img', 'qr');
    image.alt = word('qr') + ': ' + entry.qr.text;
    image.src = entry.qr.image;
    element.appendChild(image);
  }
  return element;
}
