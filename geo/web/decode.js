// Reads packed geometry (the format is written down in geo/pack.py).
(function () {
  'use strict';
  const T = window.Tumen;

  /**
   * @typedef {{ planes(count: number, width: number): Int32Array,
   *   signed(count: number, width: number): Int32Array }} Reader
   * @typedef {{ name: string, kind: PackLayer['kind'], quantum: number, order: 1 | 2, parts: number,
   *   points: number, widths: number[], meta?: PackLayer['meta'], labels?: string[],
   *   ranks?: number[] }} Header
   */

  const MAGIC = 0x4e4d5554; // "TUMN", little-endian
  const VERSION = 1;
  const HEAD_BYTES = 13;
  const MOST_PER_BYTE = 1032; // deflate expands no further
  const MAX_LAT = 85.05112877980659; // where Web Mercator's square ends

  /** @type {(what: string) => Error} */
  function fault(what) {
    return new Error('The map data in this page is damaged: ' + what + '. Ask for the file again.');
  }

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

  /** @type {(bytes: Uint8Array) => number} */
  function crc32(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
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

  /** @type {(bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>} */
  async function payloadOf(bytes) {
    if (bytes.length < HEAD_BYTES) throw fault('it is cut short');
    const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
    if (head.getUint32(0, true) !== MAGIC) throw fault('it is not packed geometry');
    const version = head.getUint8(4);
    if (version !== VERSION) throw fault('its format is version ' + version + ', not ' + VERSION);
    const size = head.getUint32(9, true);
    const body = bytes.subarray(HEAD_BYTES);
    if (size > MOST_PER_BYTE * body.length) throw fault('part of it is missing');
    const payload = await inflate(body, size);
    if (crc32(payload) !== head.getUint32(5, true)) throw fault('its checksum differs');
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
    return { planes, signed };
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
   * @type {(firsts: Int32Array, steps: Int32Array, off: Uint32Array, order: 1 | 2,
   *   out: Float64Array, project: (units: number) => number) => void}
   */
  function integrate(firsts, steps, off, order, out, project) {
    let first = 0;
    for (let part = 0; part + 1 < off.length; part++) {
      first += firsts[part];
      let value = first;
      let speed = 0;
      out[off[part]] = project(value);
      for (let i = off[part] + 1; i < off[part + 1]; i++) {
        speed = order === 2 ? speed + steps[i] : steps[i];
        value += speed;
        out[i] = project(value);
      }
    }
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

  /** @type {(header: Header, read: Reader) => PackLayer} */
  function layerOf(header, read) {
    const { parts, points, quantum, order, widths } = header;
    const firsts = read.signed(2 * parts, widths[0]);
    const off = offsetsOf(read.planes(parts, widths[1]), points);
    const X = new Float64Array(points);
    const Y = new Float64Array(points);
    const dx = read.signed(points, widths[2]);
    const dy = read.signed(points, widths[3]);
    integrate(firsts.subarray(0, parts), dx, off, order, X, (v) => mercatorX(v * quantum));
    integrate(firsts.subarray(parts), dy, off, order, Y, (v) => mercatorY(v * quantum));
    return {
      name: header.name, kind: header.kind, quantum, meta: header.meta || {},
      labels: header.labels || null, ranks: header.ranks || null,
      parts, points, X, Y, off, bb: boxesOf(X, Y, off),
    };
  }

  /** @type {(payload: Uint8Array) => PackLayer[]} */
  function layersOf(payload) {
    const size = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
    const headers = JSON.parse(new TextDecoder().decode(payload.subarray(4, 4 + size)));
    const read = reader(payload, 4 + size);
    return headers.map((/** @type {Header} */ header) => layerOf(header, read));
  }

  T.mercatorX = mercatorX;
  T.mercatorY = mercatorY;

  // Base64 text → Promise of layers; rejects with an Error a reader can act on.
  T.decodePack = async function (base64Text) {
    return layersOf(await payloadOf(bytesOf(base64Text)));
  };
})();
