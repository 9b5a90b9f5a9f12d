/* The notebook's side of a widget: a frame that holds the map, and what goes to and fro. */
const NAMES = ['selected', 'period', 'view'];
const WHOLE = 'position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff';

/** @param {DataView} packed */
async function unpacked(packed) {
  const whole = new Response(new Blob([/** @type {any} */ (packed)]).stream().pipeThrough(new DecompressionStream('gzip')));
  return whole.json();
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

/** A frame for a map, sandboxed; beneath the one that is seen until its map is drawn. @param {string} title */
function framed(title) {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('allow', 'fullscreen');
  frame.style.cssText = WHOLE;
  return frame;
}

/** @param {{ model: any, el: HTMLElement }} given */
function render({ model, el }) {
  const box = document.createElement('div');
  box.className = 'tumen-widget';
  box.style.cssText = 'position:relative;width:100%;height:' + model.get('height_px') + 'px';
  el.append(box);
  /** @type {HTMLIFrameElement | null} */
  let seen = null;
  /** @type {HTMLIFrameElement | null} */
  let next = null;
  /** @type {{ [name: string]: unknown }} */
  let told = {};

  async function open() {
    const own = await unpacked(model.get('_own')), shared = await unpacked(model.get('_shared'));
    if (next) next.remove();
    next = framed(model.get('title'));
    next.srcdoc = own.map(function (/** @type {string | number} */ piece) { return typeof piece === 'number' ? shared[piece] : piece; }).join('');
    box.prepend(next);
  }

  /** The new map is drawn: it takes the place of the other, in the view and period of that. */
  function settle() {
    if (seen) seen.remove();
    seen = next;
    next = null;
    /** @type {{ [name: string]: unknown }} */
    const state = {};
    NAMES.forEach(function (name) {
      const value = model.get(name);
      if (value && Object.keys(value).length) state[name] = value;
    });
    told = Object.assign({}, state);
    ask(Object.assign({ begin: true }, state));
  }

  /** @param {{ [name: string]: unknown }} what */
  function ask(what) {
    if (seen && seen.contentWindow) seen.contentWindow.postMessage(Object.assign({ tumen: 'ask' }, what), '*');
  }

  /** @param {MessageEvent} event */
  function hear(event) {
    const said = event.data;
    if (!said || said.tumen !== 'answer') return;
    if (next && event.source === next.contentWindow && said.ready) settle();
    if (!seen || event.source !== seen.contentWindow) return;
    NAMES.filter(function (name) { return name in said; }).forEach(function (name) {
      told[name] = said[name];
      model.set(name, said[name]);
    });
    model.save_changes();
  }

  const changed = NAMES.map(function (name) {
    const follow = function () {
      const value = model.get(name);
      if (same(value, told[name])) return;
      told[name] = value;
      ask({ [name]: value });
    };
    model.on('change:' + name, follow);
    return function () { model.off('change:' + name, follow); };
  });
  window.addEventListener('message', hear);
  model.on('change:_own', open);
  open();
  return function () {
    window.removeEventListener('message', hear);
    model.off('change:_own', open);
    changed.forEach(function (off) { off(); });
  };
}

export default { render };
