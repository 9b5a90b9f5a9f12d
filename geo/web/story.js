/* The maps of a story: each is put together from shared pieces when it is scrolled to. */
(function () {
  'use strict';
  const NEAR = '200px'; // below what is seen
  const LEAST = 240, MOST = 2400; // pixels of height a map may ask for
  /** @type {{ pieces: string[], maps: { [name: string]: number[] } }} */
  const held = JSON.parse(document.getElementById('maps')?.textContent || '{}');

  /** @type {(box: HTMLElement) => void} */
  function open(box) {
    const frame = document.createElement('iframe');
    frame.title = box.dataset.title || '';
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('allow', 'fullscreen');
    frame.srcdoc = held.maps[box.dataset.map || ''].map(function (n) { return held.pieces[n]; }).join('');
    box.append(frame);
  }

  /** @type {(source: MessageEventSource | null) => HTMLElement | null} */
  function boxOf(source) {
    const frames = Array.from(document.querySelectorAll('.story-map iframe'));
    const own = frames.find(function (f) { return f instanceof HTMLIFrameElement && f.contentWindow === source; });
    return own ? own.parentElement : null;
  }

  /** @type {(number: number) => void} */
  function show(number) {
    const line = document.getElementById('source-' + number);
    if (line) location.hash = line.id;
  }

  /** @type {(box: HTMLElement, height: number) => void} */
  function fit(box, height) {
    const frame = box.querySelector('iframe');
    if (!frame) return;
    frame.style.height = Math.min(MOST, Math.max(LEAST, Math.ceil(height))) + 'px';
    box.classList.add('live');
  }

  window.addEventListener('message', function (event) {
    const box = boxOf(event.source), said = event.data;
    if (!box || !said || said.tumen !== 'map') return;
    if (Number.isInteger(said.source)) show(said.source);
    if (Number.isFinite(said.height)) fit(box, said.height);
  });

  const near = new IntersectionObserver(function (entries) {
    entries.filter(function (e) { return e.isIntersecting; }).forEach(function (e) {
      near.unobserve(e.target);
      open(/** @type {HTMLElement} */ (e.target));
    });
  }, { rootMargin: NEAR });
  document.querySelectorAll('.story-map').forEach(function (box) { near.observe(box); });
})();
