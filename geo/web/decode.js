// Reads packed geometry (the format is written down in geo/pack.py).
(function () {
  'use strict';
  const T = window.Tumen;

  /**
   * @typedef {PackPlanes} Planes
   * @typedef {{ payload: Uint8Array, planes(count: number, width: number): Planes,
   *   numbers(count: number, width: number): Int32Array,
   *   signed(count: number, width: number): Int32Array, bits(count: number): Uint8Array,
   *   done(): boolean }} Reader
   * @typedef {{ low: Float64Array, high: Float64Array }} Extremes of each part
   * @typedef {{ name: string, per: 'vertex' | 'part', quantum: number, origin: number,
   *   order: 1 | 2, known: boolean, widths: number[] }} ColumnHeader
   * @typedef {{ name: string, kind: PackLayer['kind'], quantum: number, order: 1 | 2, parts: number,
   *   points: number, widths: number[], meta?: PackLayer['meta'], labels?: string[],
   *   ranks?: number[], columns?: ColumnHeader[] }} Header
   */

  const MAGIC = 0x4e4d5554; // "TUMN", little-endian
  const VERSION = 2;
  const HEAD_BYTES = 13;
  const GZIP = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255); // how such a file begins
  const MOST_PER_BYTE = 1032; // deflate expands no further
  const MAX_LAT = 85.05112877980659; // where Web Mercator's square ends
  const SLICE_MS = 40; // of work between two frames, so that the browser never hangs
  const STRIDE = 1 << 15; // numbers between two looks at the clock
  const MANY = 1 << 17; // latitudes from which on that table is worth its while
  const NODES = 16; // of the table of the projection, in a degree

  /** @type {(what: string) => Error} */
  function fault(what) {
    return new Error('The map data in this page is damaged: ' + what + '. Ask for the file again.');
  }

  function rest() {
    const own = window.scheduler;
    return own && own.yield ? own.yield() : new Promise((next) => { setTimeout(next); });
  }

  // Long work asks now and then; it waits for the browser's next turn when it has had its share.
  T.pace = function () {
    let since = performance.now();
    return async function () {
      if (performance.now() - since < SLICE_MS) return;
      await rest();
      since = performance.now();
    };
  };

  /** @type {(text: string) => Uint8Array<ArrayBuffer>} */
  function bytesOf(text) {
    try {
      return Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), codeOf);
    } catch (error) {
      throw fault('it is not base64 text');
    }
  }

  /** @type {(letter: string) => number} */
  function codeOf(letter) {
    return letter.charCodeAt(0);
  }

  // Unpacks what follows the head. The head ends as a file of gzip does, with checksum and length: in
  // that form the browser looks at both itself, a hundred times as fast as a script would.
  /** @type {(bytes: Uint8Array<ArrayBuffer>, size: number) => Promise<Uint8Array>} */
  async function inflate(bytes, size) {
    if (typeof DecompressionStream !== 'function') {
      throw new Error('This browser is too old to unpack the map. Open the page in a current one.');
    }
    const stream = new DecompressionStream('gzip'), writer = stream.writable.getWriter();
    const write = async () => {
      for (const part of [GZIP, bytes.subarray(HEAD_BYTES), bytes.subarray(HEAD_BYTES - 8, HEAD_BYTES)]) {
        await writer.write(part);
      }
      await writer.close();
    };
    let filled;
    try {
      [filled] = await Promise.all([gather(stream.readable.getReader(), size), write()]);
    } catch (error) {
      throw fault('it cannot be unpacked, or its checksum differs');
    }
    if (!filled) throw fault('part of it is missing');
    return filled;
  }

  // What a stream gives, if that is so many bytes; else null.
  /** @type {(stream: ReadableStreamDefaultReader<Uint8Array>, size: number) => Promise<Uint8Array | null>} */
  async function gather(stream, size) {
    const out = new Uint8Array(size);
    let at = 0;
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return at === size ? out : null;
      if (at + value.length <= size) out.set(value, at);
      at += value.length;
    }
  }

  /** @type {(bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>} */
  async function payloadOf(bytes) {
    if (bytes.length < HEAD_BYTES) throw fault('it is cut short');
    const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
    if (head.getUint32(0, true) !== MAGIC) throw fault('it is not packed geometry');
    const version = head.getUint8(4);
    if (version < 1 || version > VERSION) {
      throw fault('its format is version ' + version + ', not 1 to ' + VERSION);
    }
    const size = head.getUint32(9, true);
    if (size > MOST_PER_BYTE * (bytes.length - HEAD_BYTES)) throw fault('part of it is missing');
    return inflate(bytes, size);
  }

  // Walks the byte planes; `signed` undoes the zigzag coding.
  /** @type {(payload: Uint8Array, at: number) => Reader} */
  function reader(payload, at) {
    /** @type {(count: number, width: number) => Planes} */
    function planes(count, width) {
      if (!(width >= 1 && width <= 4) || at + count * width > payload.length) {
        throw fault('a stream runs past its end');
      }
      at += count * width;
      return { at: at - count * width, count, width };
    }
    /** @type {(count: number, width: number) => Int32Array} */
    function numbers(count, width) {
      const out = new Int32Array(count), first = planes(count, width).at;
      for (let plane = 0; plane < width; plane++) {
        const from = first + plane * count, shift = 8 * plane;
        for (let i = 0; i < count; i++) out[i] |= payload[from + i] << shift;
      }
      return out;
    }
    /** @type {(count: number, width: number) => Int32Array} */
    function signed(count, width) {
      const out = numbers(count, width);
      for (let i = 0; i < count; i++) out[i] = (out[i] >>> 1) ^ -(out[i] & 1);
      return out;
    }
    /** @type {(count: number) => Uint8Array} */
    function bits(count) {
      const { at: from } = planes((count + 7) >> 3, 1), out = new Uint8Array(count);
      for (let i = 0; i < count; i++) out[i] = payload[from + (i >> 3)] >> (i & 7) & 1;
      return out;
    }
    return { payload, planes, numbers, signed, bits, done: () => at === payload.length };
  }

  /** @type {(lon: number) => number} */
  function mercatorX(lon) {
    return lon / 360 + 0.5;
  }

  /** @type {(lat: number) => number} */
  function mercatorY(lat) {
    const sine = Math.sin(Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * Math.PI / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  /** @type {(y: number) => number} */
  function latitude(y) {
    return 360 / Math.PI * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;
  }

  /** @type {(counts: Int32Array, points: number) => Uint32Array} */
  function offsetsOf(counts, points) {
    const off = new Uint32Array(counts.length + 1);
    for (let part = 0; part < counts.length; part++) off[part + 1] = off[part] + counts[part];
    if (off[counts.length] !== points) throw fault('its parts do not add up');
    return off;
  }

  /**
   * @typedef {{ payload: Uint8Array, steps: Planes, order: 1 | 2, out: Float64Array | Int32Array,
   *   factor: number, shift: number, value: number, speed: number, least: number, most: number }} Sum
   */

  // Begins the sum of a part at its first vertex, whose own step is nothing.
  /** @type {(first: number, payload: Uint8Array, steps: Planes, order: 1 | 2,
   *   out: Float64Array | Int32Array, factor: number, shift: number) => Sum} */
  function sumOf(first, payload, steps, order, out, factor, shift) {
    return { payload, steps, order, out, factor, shift, value: first, speed: 0, least: first, most: first };
  }

  // Vertices [i, end) of one part. Long work stands in short functions without a
  // pause in them: those a browser compiles well.
  /** @type {(sum: Sum, i: number, end: number) => void} */
  function add(sum, i, end) {
    const { payload, order, out, factor, shift } = sum, { at, count, width } = sum.steps;
    const second = at + count, third = second + count, fourth = third + count;
    let { value, speed, least, most } = sum;
    for (; i < end; i++) {
      let coded = payload[at + i];
      if (width > 1) coded |= payload[second + i] << 8;
      if (width > 2) coded |= payload[third + i] << 16;
      if (width > 3) coded |= payload[fourth + i] << 24;
      const step = (coded >>> 1) ^ -(coded & 1);
      speed = order === 2 ? speed + step | 0 : step;
      value = value + speed | 0;
      out[i] = value * factor + shift;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    sum.value = value;
    sum.speed = speed;
    sum.least = least;
    sum.most = most;
  }

  /**
   * Running sums of one coordinate, begun anew with the first number of every part, times a factor
   * and moved; returns the extremes of every part, before that.
   * @type {(firsts: Int32Array, payload: Uint8Array, steps: Planes, off: Uint32Array, order: 1 | 2,
   *   out: Float64Array | Int32Array, factor: number, shift: number, pace: Pace) =>
   *   Promise<Extremes>}
   */
  async function integrate(firsts, payload, steps, off, order, out, factor, shift, pace) {
    const parts = off.length - 1, low = new Float64Array(parts), high = new Float64Array(parts);
    let looked = 0;
    for (let part = 0; part < parts; part++) {
      const end = off[part + 1];
      const sum = sumOf(firsts[part], payload, steps, order, out, factor, shift);
      for (let i = off[part]; i < end; i += STRIDE) {
        add(sum, i, Math.min(end, i + STRIDE));
        if (i - looked > STRIDE) {
          looked = i;
          await pace();
        }
      }
      low[part] = sum.least;
      high[part] = sum.most;
    }
    return { low, high };
  }

  /** @typedef {{ at: Float64Array, slope: Float64Array }} Nodes Mercator's ordinate and its slope */
  /** @type {Nodes | null} */
  let known = null;

  /** @type {() => Nodes} */
  function nodes() {
    const count = 2 * NODES * 90 + 1, at = new Float64Array(count), slope = new Float64Array(count);
    for (let n = 0; n < count; n++) {
      const lat = n / NODES - 90, held = Math.abs(lat) > MAX_LAT;
      at[n] = mercatorY(lat);
      slope[n] = held ? 0 : -1 / (360 * NODES * Math.cos(lat * Math.PI / 180));
    }
    return { at, slope };
  }

  /** @type {(Y: Float64Array, pace: Pace) => Promise<void>} */
  async function project(Y, pace) {
    if (Y.length >= MANY) known = known || nodes();
    for (let i = 0; i < Y.length; i += STRIDE) {
      projectSome(Y, i, Math.min(Y.length, i + STRIDE));
      await pace();
    }
  }

  // Latitudes [from, end) into ordinates of the Mercator square, in place; by the table, if there is
  // one: cubic between nodes so near to each other that it is off by two millimetres at most.
  /** @type {(Y: Float64Array, from: number, end: number) => void} */
  function projectSome(Y, from, end) {
    if (known) interpolate(Y, from, end, known);
    else for (let i = from; i < end; i++) Y[i] = mercatorY(Y[i]);
  }

  /** @type {(Y: Float64Array, from: number, end: number, nodes: Nodes) => void} */
  function interpolate(Y, from, end, { at, slope }) {
    const edge = MAX_LAT - 1 / NODES;
    for (let i = from; i < end; i++) {
      const lat = Y[i];
      if (lat > edge || lat < -edge) {
        Y[i] = mercatorY(lat);
        continue;
      }
      const place = (lat + 90) * NODES, n = Math.floor(place), t = place - n, u = 1 - t;
      Y[i] = u * u * ((1 + 2 * t) * at[n] + t * slope[n]) + t * t * ((3 - 2 * t) * at[n + 1] - u * slope[n + 1]);
    }
  }

  // [west, north, east, south] of every part, in the Mercator square (y grows southward).
  /** @type {(x: Extremes, y: Extremes, quantum: number, pace: Pace) => Promise<Float64Array>} */
  async function boxesOf(x, y, quantum, pace) {
    const parts = x.low.length, bb = new Float64Array(4 * parts);
    const north = y.high.map((units) => units * quantum), south = y.low.map((units) => units * quantum);
    await project(north, pace);
    await project(south, pace);
    for (let part = 0; part < parts; part++) {
      bb[4 * part] = x.low[part] * (quantum / 360) + 0.5;
      bb[4 * part + 1] = north[part];
      bb[4 * part + 2] = x.high[part] * (quantum / 360) + 0.5;
      bb[4 * part + 3] = south[part];
    }
    return bb;
  }

  /** @type {(said: ColumnHeader, read: Reader, off: Uint32Array, pace: Pace) => Promise<PackColumn>} */
  async function columnOf(said, read, off, pace) {
    const whole = said.per === 'part', parts = off.length - 1;
    const count = whole ? parts : off[parts];
    const known = said.known ? null : read.bits(count);
    const firsts = summed(read.signed(parts, said.widths[0]));
    const units = whole ? firsts : new Int32Array(count);
    if (!whole) {
      const steps = read.planes(count, said.widths[1]);
      await integrate(firsts, read.payload, steps, off, said.order, units, 1, 0, pace);
    }
    return { name: said.name, per: said.per, quantum: said.quantum, origin: said.origin, units, known };
  }

  // Sums of steps, in place.
  /** @type {(steps: Int32Array) => Int32Array} */
  function summed(steps) {
    for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
    return steps;
  }

  // How far parts reach from where they begin, of a layer that says so; else null.
  /** @type {(layer: PackLayer) => PackReach | null} */
  function reachOf({ columns, meta }) {
    const others = meta.reach_units;
    const [west, south, east, north] = ['west', 'south', 'east', 'north']
      .map((side) => columns.find((own) => own.per === 'part' && own.name === side));
    return west && south && east && north && typeof others === 'number' ? { west, south, east, north, others } : null;
  }

  /** @type {(header: Header, read: Reader, partly: boolean, pace: Pace) => Promise<PackLayer>} */
  async function layerOf(header, read, partly, pace) {
    const { parts, points, quantum, order, widths } = header, payload = read.payload;
    const firsts = read.signed(2 * parts, widths[0]);
    const off = offsetsOf(read.numbers(parts, widths[1]), points);
    const dx = read.planes(points, widths[2]), dy = read.planes(points, widths[3]);
    const columns = [];
    for (const said of header.columns || []) columns.push(await columnOf(said, read, off, pace));
    /** @type {PackLayer} */
    const layer = {
      name: header.name, kind: header.kind, quantum, meta: header.meta || {},
      labels: header.labels || null, ranks: header.ranks || null, parts, points, off, columns,
      X: new Float64Array(points), Y: new Float64Array(points), bb: new Float64Array(0), later: null,
    };
    const first = { x: summed(firsts.subarray(0, parts)), y: summed(firsts.subarray(parts)) };
    const reach = partly ? reachOf(layer) : null;
    if (reach) {
      const later = { payload, dx, dy, order, ...first, reach, placed: new Uint8Array(parts) };
      return { ...layer, bb: new Float64Array(4 * parts), later };
    }
    const x = await integrate(first.x, payload, dx, off, order, layer.X, quantum / 360, 0.5, pace);
    const y = await integrate(first.y, payload, dy, off, order, layer.Y, quantum, 0, pace);
    await project(layer.Y, pace);
    layer.bb = await boxesOf(x, y, quantum, pace);
    return layer;
  }

  // Works out where a part of a layer is that was read partly, and its box.
  /** @type {(layer: PackLayer, later: PackLater, part: number) => void} */
  function place({ X, Y, quantum, bb, off }, later, part) {
    const { payload, dx, dy, order } = later, from = off[part], end = off[part + 1];
    const x = sumOf(later.x[part], payload, dx, order, X, quantum / 360, 0.5);
    const y = sumOf(later.y[part], payload, dy, order, Y, quantum, 0);
    add(x, from, end);
    add(y, from, end);
    projectSome(Y, from, end);
    bb[4 * part] = mercatorX(x.least * quantum);
    bb[4 * part + 1] = mercatorY(y.most * quantum);
    bb[4 * part + 2] = mercatorX(x.most * quantum);
    bb[4 * part + 3] = mercatorY(y.least * quantum);
    later.placed[part] = 1;
  }

  // Whether a part may meet a box, by how far it reaches at most.
  /** @type {(later: PackLater, part: number, box: number[]) => boolean} */
  function near({ x, y, reach }, part, [west, south, east, north]) {
    /** @type {(side: PackColumn) => number} */
    const far = ({ known, units }) => known && !known[part] ? reach.others : units[part];
    return x[part] - far(reach.west) <= east && x[part] + far(reach.east) >= west &&
      y[part] - far(reach.south) <= north && y[part] + far(reach.north) >= south;
  }

  // The parts of a layer whose boxes meet a box of the Mercator square. They are placed then: of a
  // layer read partly nothing is known of the others but where they begin and how far they reach.
  T.partsIn = function (layer, x0, y0, x1, y1) {
    const { bb, later, quantum } = layer, found = [];
    const south = y1 < 1 ? latitude(y1) : -90, north = y0 > 0 ? latitude(y0) : 90;
    const degrees = [(x0 - 0.5) * 360, south, (x1 - 0.5) * 360, north];
    const box = degrees.map((edge, k) => edge / quantum + (k < 2 ? -1 : 1));
    for (let part = 0, at = 0; part < layer.parts; part++, at += 4) {
      if (later && !later.placed[part]) {
        if (!near(later, part, box)) continue;
        place(layer, later, part);
      }
      if (bb[at] <= x1 && bb[at + 2] >= x0 && bb[at + 1] <= y1 && bb[at + 3] >= y0) found.push(part);
    }
    return found;
  };

  /** @type {(payload: Uint8Array) => Header[]} */
  function headersOf(payload) {
    try {
      const size = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
      return JSON.parse(new TextDecoder().decode(payload.subarray(4, 4 + size)));
    } catch (error) {
      throw fault('its header cannot be read');
    }
  }

  /** @type {(payload: Uint8Array, partly: boolean, pace: Pace) => Promise<PackLayer[]>} */
  async function layersOf(payload, partly, pace) {
    const headers = headersOf(payload);
    const read = reader(payload, 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0, true));
    const layers = [];
    for (const header of headers) layers.push(await layerOf(header, read, partly, pace));
    if (!read.done()) throw fault('its streams do not fill it');
    return layers;
  }

  T.mercatorX = mercatorX;
  T.mercatorY = mercatorY;
  T.latitude = latitude;

  // Base64 text → Promise of layers; rejects with an Error a reader can act on. Of a layer that says
  // how far its parts reach and is read partly those are placed that T.partsIn finds.
  T.decodePack = async function (base64Text, partly) {
    const pace = T.pace();
    return layersOf(await payloadOf(bytesOf(base64Text)), !!partly, pace);
  };
})();
