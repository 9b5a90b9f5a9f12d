// Reads packed geometry (the format is written down in geo/pack.py).
(function () {
  'use strict';
  const T = window.Tumen;

  /**
   * @typedef {{ planes(count: number, width: number): Int32Array,
   *   signed(count: number, width: number): Int32Array, bits(count: number): Uint8Array,
   *   done(): boolean }} Reader
   * @typedef {{ name: string, per: 'vertex' | 'part', quantum: number, origin: number,
   *   order: 1 | 2, known: boolean, widths: number[] }} ColumnHeader
   * @typedef {{ name: string, kind: PackLayer['kind'], quantum: number, order: 1 | 2, parts: number,
   *   points: number, widths: number[], meta?: PackLayer['meta'], labels?: string[],
   *   ranks?: number[], columns?: ColumnHeader[] }} Header
   */

  const MAGIC = 0x4e4d5554; // "TUMN", little-endian
  const VERSION = 2;
  const HEAD_BYTES = 13;
  const MOST_PER_BYTE = 1032; // deflate expands no further
  const MAX_LAT = 85.05112877980659; // where Web Mercator's square ends
  const SLICE_MS = 40; // of work between two frames, so that the browser never hangs
  const STRIDE = 1 << 15; // numbers between two looks at the clock

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
    let raw;
    try {
      raw = atob(text.replace(/\s+/g, ''));
    } catch (error) {
      throw fault('it is not base64 text');
    }
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  const CRC_TABLE = new Uint32Array(256).map((_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });

  /** @type {(bytes: Uint8Array, crc: number) => number} */
  function crcOn(bytes, crc) {
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return crc;
  }

  /** @type {(bytes: Uint8Array, pace: Pace) => Promise<number>} */
  async function crc32(bytes, pace) {
    let crc = 0xffffffff;
    for (let at = 0; at < bytes.length; at += 8 * STRIDE) {
      crc = crcOn(bytes.subarray(at, at + 8 * STRIDE), crc);
      await pace();
    }
    return (crc ^ 0xffffffff) >>> 0;
  }

  /** @type {(bytes: Uint8Array<ArrayBuffer>, size: number) => Promise<Uint8Array>} */
  async function inflate(bytes, size) {
    if (typeof DecompressionStream !== 'function') {
      throw new Error('This browser is too old to unpack the map. Open the page in a current one.');
    }
    let out;
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
      out = new Uint8Array(await new Response(stream).arrayBuffer());
    } catch (error) {
      throw fault('it cannot be unpacked');
    }
    if (out.length !== size) throw fault('part of it is missing');
    return out;
  }

  /** @type {(bytes: Uint8Array<ArrayBuffer>, pace: Pace) => Promise<Uint8Array>} */
  async function payloadOf(bytes, pace) {
    if (bytes.length < HEAD_BYTES) throw fault('it is cut short');
    const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
    if (head.getUint32(0, true) !== MAGIC) throw fault('it is not packed geometry');
    const version = head.getUint8(4);
    if (version < 1 || version > VERSION) {
      throw fault('its format is version ' + version + ', not 1 to ' + VERSION);
    }
    const size = head.getUint32(9, true);
    const body = bytes.subarray(HEAD_BYTES);
    if (size > MOST_PER_BYTE * body.length) throw fault('part of it is missing');
    const payload = await inflate(body, size);
    if (await crc32(payload, pace) !== head.getUint32(5, true)) throw fault('its checksum differs');
    return payload;
  }

  // Walks the byte planes; `signed` undoes the zigzag coding.
  /** @type {(payload: Uint8Array, at: number) => Reader} */
  function reader(payload, at) {
    /** @type {(count: number, width: number) => Int32Array} */
    function planes(count, width) {
      if (!(width >= 1 && width <= 4) || at + count * width > payload.length) {
        throw fault('a stream runs past its end');
      }
      const values = new Int32Array(count);
      for (let plane = 0; plane < width; plane++) {
        const shift = 8 * plane;
        for (let i = 0; i < count; i++) values[i] |= payload[at + i] << shift;
        at += count;
      }
      return values;
    }
    /** @type {(count: number, width: number) => Int32Array} */
    function signed(count, width) {
      const values = planes(count, width);
      for (let i = 0; i < count; i++) values[i] = (values[i] >>> 1) ^ -(values[i] & 1);
      return values;
    }
    /** @type {(count: number) => Uint8Array} */
    function bits(count) {
      const packed = planes((count + 7) >> 3, 1);
      return Uint8Array.from({ length: count }, (_, i) => packed[i >> 3] >> (i & 7) & 1);
    }
    return { planes, signed, bits, done: () => at === payload.length };
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

  /** @type {(counts: Int32Array, points: number) => Uint32Array} */
  function offsetsOf(counts, points) {
    const off = new Uint32Array(counts.length + 1);
    for (let part = 0; part < counts.length; part++) off[part + 1] = off[part] + counts[part];
    if (off[counts.length] !== points) throw fault('its parts do not add up');
    return off;
  }

  /**
   * Running sums of one coordinate, begun again with every part.
   * @type {<A extends Float64Array | Int32Array>(firsts: Int32Array, steps: Int32Array,
   *   off: Uint32Array, order: 1 | 2, out: A, project: (units: number) => number, pace: Pace) =>
   *   Promise<A>}
   */
  async function integrate(firsts, steps, off, order, out, project, pace) {
    let first = 0, looked = 0;
    for (let part = 0; part + 1 < off.length; part++) {
      first += firsts[part];
      let value = first, speed = 0, i = off[part];
      out[i] = project(value);
      for (const end = off[part + 1]; ++i < end;) {
        speed = order === 2 ? speed + steps[i] : steps[i];
        value += speed;
        out[i] = project(value);
        if (i - looked > STRIDE) {
          looked = i;
          await pace();
        }
      }
    }
    return out;
  }

  // [west, north, east, south] of every part, in the Mercator square (y grows southward).
  /** @type {(X: Float64Array, Y: Float64Array, off: Uint32Array) => Float64Array} */
  function boxesOf(X, Y, off) {
    const bb = new Float64Array(4 * (off.length - 1));
    for (let part = 0; part + 1 < off.length; part++) {
      let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
      for (let i = off[part]; i < off[part + 1]; i++) {
        if (X[i] < x0) x0 = X[i];
        if (X[i] > x1) x1 = X[i];
        if (Y[i] < y0) y0 = Y[i];
        if (Y[i] > y1) y1 = Y[i];
      }
      bb.set([x0, y0, x1, y1], 4 * part);
    }
    return bb;
  }

  /** @type {(said: ColumnHeader, read: Reader, off: Uint32Array, pace: Pace) => Promise<PackColumn>} */
  async function columnOf(said, read, off, pace) {
    const whole = said.per === 'part', parts = off.length - 1;
    const count = whole ? parts : off[parts];
    const known = said.known ? null : read.bits(count);
    const firsts = read.signed(parts, said.widths[0]);
    const places = whole ? Uint32Array.from({ length: parts + 1 }, (_, i) => i) : off;
    const steps = whole ? firsts : read.signed(count, said.widths[1]);
    const units = await integrate(firsts, steps, places, said.order, new Int32Array(count), Number, pace);
    return { name: said.name, per: said.per, quantum: said.quantum, origin: said.origin, units, known };
  }

  /** @type {(header: Header, read: Reader, pace: Pace) => Promise<PackLayer>} */
  async function layerOf(header, read, pace) {
    const { parts, points, quantum, order, widths } = header;
    const firsts = read.signed(2 * parts, widths[0]);
    const off = offsetsOf(read.planes(parts, widths[1]), points);
    const dx = read.signed(points, widths[2]);
    const dy = read.signed(points, widths[3]);
    const X = await integrate(firsts.subarray(0, parts), dx, off, order, new Float64Array(points),
      (v) => mercatorX(v * quantum), pace);
    const Y = await integrate(firsts.subarray(parts), dy, off, order, new Float64Array(points),
      (v) => mercatorY(v * quantum), pace);
    const columns = [];
    for (const said of header.columns || []) columns.push(await columnOf(said, read, off, pace));
    return {
      name: header.name, kind: header.kind, quantum, meta: header.meta || {},
      labels: header.labels || null, ranks: header.ranks || null,
      parts, points, X, Y, off, bb: boxesOf(X, Y, off), columns,
    };
  }

  /** @type {(payload: Uint8Array) => Header[]} */
  function headersOf(payload) {
    try {
      const size = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
      return JSON.parse(new TextDecoder().decode(payload.subarray(4, 4 + size)));
    } catch (error) {
      throw fault('its header cannot be read');
    }
  }

  /** @type {(payload: Uint8Array, pace: Pace) => Promise<PackLayer[]>} */
  async function layersOf(payload, pace) {
    const headers = headersOf(payload);
    const read = reader(payload, 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0, true));
    const layers = [];
    for (const header of headers) layers.push(await layerOf(header, read, pace));
    if (!read.done()) throw fault('its streams do not fill it');
    return layers;
  }

  T.mercatorX = mercatorX;
  T.mercatorY = mercatorY;

  // Base64 text → Promise of layers; rejects with an Error a reader can act on.
  T.decodePack = async function (base64Text) {
    const pace = T.pace();
    return layersOf(await payloadOf(bytesOf(base64Text), pace), pace);
  };
})();
