/* In the frame of a widget alone: what is selected, the period and the view, told to the notebook
   and set from there. No saved page holds it. */
(function () {
  'use strict';
  const PAUSE_MS = 80; // what changes many times a second is told once
  /** @typedef {{ [kind: string]: any[] }} Selected */
  /** @type {any} */
  let map = null;
  let begun = false, muted = false, timer = 0;
  /** @type {{ [name: string]: any }} */
  let waiting = {};

  /** @param {{ [name: string]: any }} what */
  function tell(what) {
    if (!begun || muted) return;
    Object.assign(waiting, what);
    clearTimeout(timer);
    timer = window.setTimeout(function () {
      parent.postMessage(Object.assign({ tumen: 'answer' }, waiting), '*');
      waiting = {};
    }, PAUSE_MS);
  }

  function view() {
    const b = map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map(function (x) { return Math.round(x * 1e5) / 1e5; });
  }

  /** @returns {any[]} */
  function painters() { return map._tumenTracks || []; }

  /** @param {string} id @returns {Selected} */
  function leg(id) {
    const lines = map._tumenPipes, pipe = lines && lines.pipes.find(function (/** @type {Scene.Pipe} */ p) { return p.id === id; });
    if (!pipe) return {};
    const flows = lines.state(pipe).cores.flatMap(function (/** @type {Scene.Figure} */ f) { return f.flows; });
    return flows.length ? { legs: [id], flows: flows } : { legs: [id] };
  }

  /** @param {any} event */
  function selected(event) {
    if (event.place) tell({ selected: { places: [event.place] } });
    else if (event.feature) tell({ selected: { features: [event.feature] } });
    else if (event.pipe && leg(event.pipe).legs) tell({ selected: leg(event.pipe) });
  }

  /** @param {any} painter @param {number} units */
  function moment(painter, units) {
    const time = painter.index.time;
    return new Date((time.origin + units * time.quantum) * 1000).toISOString().slice(0, 19) + 'Z';
  }

  /** @param {any} own */
  function attach(own) {
    if (map) return;
    map = own;
    map.on('tumen:selected', selected);
    map.on('popupclose', function () { if (!painters().length) tell({ selected: {} }); });
    map.on('tumen:tracks-selected', function (/** @type {any} */ event) {
      const name = event.track < 0 ? null : String(event.layer.value.table.vessel[event.track]);
      tell({ selected: name === null ? {} : { tracks: [name] } });
    });
    map.on('tumen:window', function (/** @type {any} */ event) {
      tell({ period: event.window ? [event.window.start, event.window.end] : null });
    });
    map.on('tumen:tracks-time', function (/** @type {any} */ event) {
      const at = event.window;
      tell({ period: at ? [moment(event.layer, at[0]), moment(event.layer, at[1])] : null });
    });
    map.on('moveend', function () { tell({ view: view() }); });
  }
  L.Map.addInitHook(/** @this {any} */ function () { attach(this); });

  // --- what the notebook asks for -------------------------------------------------------------------

  /** @param {string} flow */
  function carrying(flow) {
    const lines = map._tumenPipes, pipes = lines ? lines.pipes : [];
    const found = pipes.find(function (/** @type {Scene.Pipe} */ p) {
      return p.figures.some(function (f) { return f.flows.includes(flow); });
    });
    return found ? found.id : '';
  }

  /** @param {Selected} what */
  function select(what) {
    const first = function (/** @type {string} */ kind) { return (what[kind] || [])[0]; };
    if (first('legs')) map.fire('tumen:open', { pipe: first('legs') });
    else if (first('flows')) map.fire('tumen:open', { pipe: carrying(first('flows')) });
    else if (first('places')) map.fire('tumen:open', { place: first('places') });
    else if (first('tracks')) map.fire('tumen:open', { pipe: first('tracks') });
    else if (first('features')) map.fire('tumen:open', { feature: first('features') });
    else {
      map.closePopup();
      painters().forEach(function (painter) { painter.select(-1); });
    }
  }

  /** @param {[string, string] | null} span */
  function show(span) {
    const clock = map._tumenClock;
    if (clock) {
      clock.stop();
      if (span) clock.openWith(span[0].slice(0, 10), span[1].slice(0, 10)); else clock.go(null);
    }
    painters().forEach(function (painter) {
      if (!painter.clock) return;
      painter.clock.stop();
      if (span) painter.clock.openWith(Date.parse(span[0]) / 1000, Date.parse(span[1]) / 1000); else painter.clock.off();
    });
  }

  /** @param {number[]} box */
  function move(box) {
    muted = true; // else two views of one widget would set each other for ever
    map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { animate: false });
    muted = false;
  }

  window.addEventListener('message', function (event) {
    const said = event.data;
    if (event.source !== parent || !map || !said || said.tumen !== 'ask') return;
    const first = Boolean(said.begin) && !begun;
    if (said.begin) begun = true;
    if (said.period !== undefined) show(said.period);
    if (said.selected !== undefined) select(said.selected);
    if (said.view) move(said.view); else if (first) tell({ view: view() });
  });

  const root = document.documentElement;
  const ready = new MutationObserver(function () {
    if (!root.dataset.ready || !map) return;
    ready.disconnect();
    parent.postMessage({ tumen: 'answer', ready: true }, '*');
  });
  ready.observe(root, { attributes: true, attributeFilter: ['data-ready'] });
})();
