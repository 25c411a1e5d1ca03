// Things that open over the conversation and close by Escape, by a press elsewhere, or when used.
import { $ } from './dom.js';

// A panel that its button opens; returns a function that closes it.
export function panel(opener, box) {
  function close(back) {
    if (box.hidden) return;
    box.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    if (back) opener.focus();
  }
  opener.addEventListener('click', () => {
    const open = box.hidden;
    box.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    if (open) box.querySelector('button:not([hidden])').focus();
  });
  document.addEventListener('click', (event) => {
    if (!box.contains(event.target) && !opener.contains(event.target)) close(false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close(box.contains(document.activeElement));
  });
  box.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget) && event.relatedTarget !== opener) close(false);
  });
  return close;
}

// Ask before something that can't be undone; nothing behind the question can be reached.
export function confirm(act) {
  const veil = $('ask');
  const before = document.activeElement;
  const end = (yes) => {
    veil.hidden = true;
    veil.removeEventListener('keydown', keys);
    $('ask-yes').onclick = null;
    $('ask-no').onclick = null;
    if (before && before.focus) before.focus();
    if (yes) act();
  };
  const keys = (event) => {
    if (event.key === 'Escape') end(false);
    if (event.key !== 'Tab') return;
    event.preventDefault();
    (document.activeElement === $('ask-no') ? $('ask-yes') : $('ask-no')).focus();
  };
  veil.hidden = false;
  veil.addEventListener('keydown', keys);
  $('ask-yes').onclick = () => end(true);
  $('ask-no').onclick = () => end(false);
  $('ask-no').focus();
}
