/* A map inside a story: it tells the page round it how high it is and which source was asked for. */
(function () {
  'use strict';
  const inset = Boolean(document.body && document.body.classList.contains('inset'));

  /** @type {(what: { height?: number, source?: number }) => void} */
  function tell(what) { parent.postMessage(Object.assign({ tumen: 'map' }, what), '*'); }

  /** Sources stand in the page round the map. @type {(event: MouseEvent) => void} */
  function cited(event) {
    const link = event.target instanceof Element && event.target.closest('a.cite');
    const number = link && /^#source-(\d+)$/.exec(link.getAttribute('href') || '');
    if (!number) return;
    event.preventDefault();
    tell({ source: Number(number[1]) });
  }

  if (!inset) return;
  document.addEventListener('click', cited);
  new ResizeObserver(function () { tell({ height: document.body.offsetHeight }); }).observe(document.body);
  // Who scrolls through a story does not zoom its maps; who has pressed one does.
  L.Map.addInitHook(/** @this {L.Map} */ function () {
    this.scrollWheelZoom.disable();
    this.once('click focus', this.scrollWheelZoom.enable, this.scrollWheelZoom);
  });
})();
