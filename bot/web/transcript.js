// The conversation on the screen, brought up to date with the store, and what may be chosen now.
import { fill, makeRow } from './bubbles.js';
import { $, button, empty, make } from './dom.js';
import * as store from './store.js';
import { day, language, word } from './words.js';

const TOGETHER_MS = 5 * 60 * 1000;
const NEAR = 120;
const AT_END = 4;
const SHORT = 10; // letters of a choice that leaves room for another beside it
const STILL_MS = 500; // a second tap on what was just pressed must not answer the next question

const rows = new Map();
const scroll = $('scroll');
const log = $('log');
let question = null;
let still = 0;
let unread = false;
let pinned = true; // the end is in sight

const below = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
const nearEnd = () => below() < NEAR;

// Whether there is more below, and whether it has come while something else was read.
function point() {
  if (nearEnd()) unread = false;
  const label = $('newer').querySelector('span');
  $('newer').hidden = nearEnd();
  $('newer').classList.toggle('unread', unread);
  label.dataset.word = unread ? 'newer' : 'below';
  label.textContent = word(label.dataset.word);
}

export function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  point();
}

function shown() {
  return store.all().filter((entry) => !entry.hidden);
}

function look(entry, before, editable) {
  const sameDay = before && new Date(before.at).toDateString() === new Date(entry.at).toDateString();
  return {
    lang: language(),
    day: sameDay ? '' : day(entry.at),
    next: Boolean(sameDay && before.who === entry.who && entry.at - before.at < TOGETHER_MS),
    editable: entry.key === editable,
  };
}

// The own text that can still be changed: the last one, once it is sent.
function editable(entries) {
  const mine = entries.filter((entry) => entry.who === 'me').pop();
  return mine && mine.state === 'sent' && mine.event && mine.event.type === 'said' && !mine.command ? mine.key : '';
}

// What the bot asks now: news without a step does not take the place of a question.
function asked(entries) {
  const at = entries.map((e) => e.who === 'bot' && (e.step > 0 || e.choices.length > 0)).lastIndexOf(true);
  if (at < 0) return { asks: entries.filter((e) => e.who === 'bot').pop() || null, open: false };
  const underWay = entries.slice(at + 1).some((e) => e.who === 'me' && e.state === 'wait');
  return { asks: entries[at], open: !underWay };
}

// Which of the choices share a line: two short ones that follow each other.
function paired(choices) {
  const halves = new Set();
  choices.forEach((choice, at) => {
    const before = choices[at - 1];
    if (!before || halves.has(at - 1) || before.label.length > SHORT || choice.label.length > SHORT) return;
    halves.add(at - 1).add(at);
  });
  return halves;
}

function offer(asks, open) {
  // By what it offers: a card that changes keeps the buttons under the finger.
  const next = asks && open && asks.choices.length
    ? JSON.stringify([asks.key, asks.step, asks.expects, asks.choices, language()]) : '';
  if (question === next) return;
  question = next;
  const box = $('choices');
  const held = box.contains(document.activeElement);
  empty(box);
  box.hidden = !next;
  box.classList.add('still');
  clearTimeout(still);
  still = setTimeout(() => { box.classList.remove('still'); }, STILL_MS);
  if (next) {
    box.lang = asks.lang;
    const halves = paired(asks.choices);
    asks.choices.forEach((choice, at) => {
      const element = button('choice ' + choice.tone + (halves.has(at) ? ' half' : ''), '');
      // A number is a promise that typing it chooses: not where "2" may be the answer itself.
      if (asks.expects === 'choice') element.appendChild(make('b', '', String(choice.n)));
      element.appendChild(make('span', '', choice.label));
      element.dataset.n = choice.n;
      element.dataset.step = asks.step;
      box.appendChild(element);
    });
  }
  if (held && document.activeElement === document.body) scroll.focus();
}

// Bring the screen up to date; returns the message that asks something now, or the last one.
export function render() {
  const entries = shown();
  const stay = !nearEnd();
  const atEnd = below() < AT_END;
  const hold = holding();
  const mayEdit = editable(entries);
  const keys = new Set(entries.map((entry) => entry.key));
  let fresh = null;
  let changed = false;
  rows.forEach((row, key) => {
    if (keys.has(key)) return;
    log.removeChild(row);
    rows.delete(key);
  });
  let cursor = log.firstChild;
  entries.forEach((entry, at) => {
    let row = rows.get(entry.key);
    if (!row) {
      row = makeRow(entry);
      rows.set(entry.key, row);
      fresh = entry;
    }
    changed = fill(row, entry, look(entry, entries[at - 1], mayEdit)) || changed;
    if (row === cursor) cursor = cursor.nextSibling;
    else log.insertBefore(row, cursor);
  });
  const { asks, open } = asked(entries);
  offer(asks, open);
  if (changed) hold();
  if (fresh) settle(fresh, stay);
  else if (changed ? atEnd : !stay) toEnd();
  else if (changed) point();
  return asks;
}

// Remember what is read; the function returned puts it back where it was on the screen. Most
// browsers do that by themselves when something above it grows.
function holding() {
  if (window.CSS && CSS.supports('overflow-anchor', 'auto')) return () => {};
  const read = Array.from(rows.values()).find((row) => row.offsetTop - log.offsetTop >= scroll.scrollTop);
  const was = read && read.offsetTop;
  return () => { if (read) scroll.scrollTop += read.offsetTop - was; };
}

// Show what has just come, without taking a reader away from what they are reading.
function settle(entry, stay) {
  if (stay && entry.who === 'bot') {
    unread = true;
    point();
    return;
  }
  toEnd();
  if (entry.who !== 'bot') return;
  // A long message is read from its first line; what may be chosen comes into view below it.
  const top = rows.get(entry.key).offsetTop - log.offsetTop;
  if (top < scroll.scrollTop) scroll.scrollTop = top;
  point();
}

export function typing(yes) {
  const stay = !nearEnd();
  $('typing').hidden = !yes;
  if (yes && !stay) toEnd();
}

export function progress(id, fraction) {
  const bar = log.querySelector('[data-file="' + id + '"] progress');
  if (bar) bar.value = fraction;
}

scroll.addEventListener('scroll', () => { pinned = nearEnd(); point(); });

// The room for the conversation has changed (a keyboard came or went): its end stays in sight.
export function refit() {
  if (pinned) toEnd();
  else point();
}
$('newer').addEventListener('click', toEnd);
