// @ts-check
// A ticket's page keeps itself true: it fetches itself, puts the new content in place, and when the
// ticket is called it turns colour, vibrates and, if its holder allowed it by a touch, rings. A classic
// script in the language of browsers of 2015, because people keep their phones; without it the page
// refreshes itself.
(function () {
  'use strict';

  var EVERY_MS = 3000; // while someone looks at it
  var HIDDEN_MS = 10000; // in the pocket: the bell still has to ring
  var LOST_MS = 12000; // without an answer for so long the page says so
  var ANSWER_MS = 8000;

  /** @type {AudioContext | null} */
  var bell = null;
  var heardAt = Date.now();
  var asking = false;
  /** @type {number | undefined} */
  var timer;

  /** @returns {HTMLElement} */
  function sheet() {
    return /** @type {HTMLElement} */ (document.getElementById('content'));
  }

  /** One summons: a ticket called again is another. @param {Element} main */
  function summons(main) {
    return main.getAttribute('data-ticket') === 'called' ? 'called ' + main.getAttribute('data-calls') : '';
  }

  function dress() {
    document.body.className = document.body.className.replace(/ ?\bcalled\b/, '') +
      (summons(sheet()) ? ' called' : '');
    var plain = sheet().querySelector('[data-plain]');
    if (plain) plain.textContent = '，自动更新';
    var place = /** @type {HTMLElement | null} */ (sheet().querySelector('[data-bell]'));
    if (!place) return;
    var button = /** @type {HTMLButtonElement} */ (place.querySelector('button'));
    place.hidden = !('AudioContext' in window);
    button.setAttribute('aria-pressed', bell ? 'true' : 'false');
    button.textContent = bell ? '叫到时会响铃 ✓' : '叫到我时响铃';
    button.onclick = arm;
  }

  /** A browser sounds only after a touch; the touch lets one short tone be heard, as a proof. */
  function arm() {
    if (bell) return;
    bell = new window.AudioContext();
    ring(1);
    dress();
  }

  /** @param {number} times */
  function ring(times) {
    if (!bell) return;
    for (var i = 0; i < times; i += 1) {
      var at = bell.currentTime + i * 0.9;
      tone(bell, 659.25, at, 0.35);
      tone(bell, 523.25, at + 0.38, 0.45);
    }
  }

  /** @param {AudioContext} context @param {number} hz @param {number} at @param {number} s */
  function tone(context, hz, at, s) {
    var source = context.createOscillator();
    var gain = context.createGain();
    source.frequency.value = hz;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + s);
    source.connect(gain);
    gain.connect(context.destination);
    source.start(at);
    source.stop(at + s);
  }

  function tell() {
    // A browser vibrates only for someone who has touched the page, and complains otherwise.
    var touched = navigator.userActivation ? navigator.userActivation.hasBeenActive : true;
    if (touched && navigator.vibrate) navigator.vibrate([400, 150, 400, 150, 800]);
    ring(4);
    window.scrollTo(0, 0);
  }

  /** @param {Document} page */
  function show(page) {
    var fresh = page.getElementById('content');
    if (!fresh) return;
    var before = summons(sheet());
    var open = sheet().querySelector('details[open]') !== null;
    var place = document.importNode(fresh, true);
    var more = place.querySelector('details');
    if (more && open) more.setAttribute('open', '');
    var old = sheet();
    var focused = old.contains(document.activeElement) && document.activeElement !== null
      ? document.activeElement.className : '';
    /** @type {Node} */ (old.parentNode).replaceChild(place, old);
    document.title = page.title;
    dress();
    if (focused) {
      var again = /** @type {HTMLElement | null} */ (place.getElementsByClassName(focused)[0] || null);
      if (again) again.focus();
    }
    var now = summons(place);
    if (now && now !== before) tell();
  }

  function mark() {
    var lost = /** @type {HTMLElement} */ (document.getElementById('lost'));
    lost.hidden = Date.now() - heardAt < LOST_MS;
    var at = lost.querySelector('[data-at]');
    if (at) at.textContent = sheet().getAttribute('data-at') || '';
  }

  function ask() {
    if (asking) return;
    asking = true;
    var request = new XMLHttpRequest();
    request.open('GET', window.location.pathname);
    request.timeout = ANSWER_MS;
    request.onload = function () {
      if (request.status === 200 || request.status === 404) {
        heardAt = Date.now();
        show(new DOMParser().parseFromString(request.responseText, 'text/html'));
      }
    };
    request.onloadend = function () {
      asking = false;
      mark();
      if (sheet().hasAttribute('data-over') || request.status === 404) return;
      timer = window.setTimeout(ask, document.hidden ? HIDDEN_MS : EVERY_MS);
    };
    request.send();
  }

  document.addEventListener('visibilitychange', function () {
    if (document.hidden || asking || sheet().hasAttribute('data-over')) return;
    window.clearTimeout(timer);
    ask();
  });
  dress();
  if (summons(sheet())) tell();
  timer = window.setTimeout(ask, EVERY_MS);
}());
