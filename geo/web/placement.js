/* Where words stand: by their own point or line, nearer to it than to any other, on nothing else; where that
   finds no room, further off with a leader. geo/output/still/labels.py finds the same places. */
(function () {
  'use strict';
  const T = window.Tumen;
  const R = T.rules.labels;
  const CHUNK = 16;
  /** Squared distance from a box, and the dot of the line that is nearest. @typedef {{ d: number, at: Dot }} Near */

  /** @type {(dots: Dot[]) => Edges} */
  function bounds(dots) {
    /** @type {Edges} */
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    dots.forEach(function (p) {
      box[0] = Math.min(box[0], p[0]); box[1] = Math.min(box[1], p[1]);
      box[2] = Math.max(box[2], p[0]); box[3] = Math.max(box[3], p[1]);
    });
    return box;
  }

  /** Squared distance between two boxes, 0 where they touch. @type {(a: Edges, b: Edges) => number} */
  function between(a, b) {
    const x = Math.max(0, a[0] - b[2], b[0] - a[2]), y = Math.max(0, a[1] - b[3], b[1] - a[3]);
    return x * x + y * y;
  }

  /** The part of a stretch of line within a box: where it enters, as a share of it; null for none. @type {(a: Dot, b: Dot, box: Edges) => number | null} */
  function enters(a, b, box) {
    const dx = b[0] - a[0], dy = b[1] - a[1];
    let from = 0, to = 1;
    const sides = [[-dx, a[0] - box[0]], [dx, box[2] - a[0]], [-dy, a[1] - box[1]], [dy, box[3] - a[1]]];
    for (const [step, room] of sides) {
      if (!step && room < 0) return null;
      if (step < 0) from = Math.max(from, room / step);
      if (step > 0) to = Math.min(to, room / step);
    }
    return from <= to ? from : null;
  }

  /** @type {(near: Near, at: Dot, x: number, y: number) => void} */
  function nearer(near, at, x, y) {
    const d = (at[0] - x) * (at[0] - x) + (at[1] - y) * (at[1] - y);
    if (d < near.d) { near.d = d; near.at = at; }
  }

  /** @type {(p: Dot, box: Edges, near: Near) => void} */
  function clamp(p, box, near) {
    nearer(near, p, Math.min(Math.max(p[0], box[0]), box[2]), Math.min(Math.max(p[1], box[1]), box[3]));
  }

  /** @type {(a: Dot, b: Dot, box: Edges, near: Near) => void} */
  function approach(a, b, box, near) {
    const inside = enters(a, b, box);
    if (inside !== null) { near.d = 0; near.at = [a[0] + (b[0] - a[0]) * inside, a[1] + (b[1] - a[1]) * inside]; return; }
    clamp(a, box, near);
    clamp(b, box, near);
    const dx = b[0] - a[0], dy = b[1] - a[1], long = dx * dx + dy * dy || 1;
    [[box[0], box[1]], [box[2], box[1]], [box[0], box[3]], [box[2], box[3]]].forEach(function (c) {
      const t = Math.min(1, Math.max(0, ((c[0] - a[0]) * dx + (c[1] - a[1]) * dy) / long));
      nearer(near, [a[0] + dx * t, a[1] + dy * t], c[0], c[1]);
    });
  }

  /** How near a line comes to a box, if nearer than so many pixels. @type {(box: Edges, course: Course, most: number) => Near} */
  function near(box, course, most) {
    /** @type {Near} */
    const found = { d: most * most, at: [0, 0] };
    course.stretches.forEach(function (stretch) {
      if (found.d <= 0 || between(box, stretch.box) >= found.d) return;
      const dots = stretch.dots;
      for (let i = 1; i < dots.length; i++) approach(dots[i - 1], dots[i], box, found);
    });
    return found;
  }

  /** A line in pixels, cut into stretches. @type {(id: string, half: number, parts: Dot[][]) => Course} */
  function course(id, half, parts) {
    const stretches = parts.flatMap(function (dots) {
      /** @type {Run[]} */
      const found = [];
      for (let i = 0; i < dots.length - 1; i += CHUNK) {
        const some = dots.slice(i, i + CHUNK + 1);
        found.push({ dots: some, box: bounds(some) });
      }
      return found;
    });
    return { id: id, half: half, stretches: stretches };
  }

  /** @type {(box: Edges, desk: Desk) => boolean} */
  function free(box, desk) {
    return box[0] >= R.edge && box[1] >= R.edge && box[2] <= desk.width - R.edge && box[3] <= desk.height - R.edge &&
      !desk.taken.some(function (b) {
        return box[0] < b[2] + R.gap && box[2] > b[0] - R.gap && box[1] < b[3] + R.gap && box[3] > b[1] - R.gap;
      });
  }

  /** Whether a box keeps off every line, or off the wide ones. @type {(box: Edges, desk: Desk, wide: boolean) => boolean} */
  function clear(box, desk, wide) {
    return desk.courses.every(function (one) {
      if (wide && one.half * 2 <= R.wide) return true;
      const room = one.half + R.gap;
      return near(box, one, room).d >= room * room;
    });
  }

  /** @type {(box: Edges, desk: Desk, id: string) => Near} */
  function own(box, desk, id) {
    const mine = desk.courses.filter(function (one) { return one.id === id; });
    return mine.reduce(function (best, one) {
      const found = near(box, one, Math.sqrt(best.d));
      return found.d < best.d ? found : best;
    }, /** @type {Near} */ ({ d: 1e8, at: [0, 0] }));
  }

  /** Whether every other line is further than its own, and not by a hair. @type {(box: Edges, desk: Desk, id: string, d: number) => boolean} */
  function nearest(box, desk, id, d) {
    const most = Math.sqrt(d) + R.gap;
    return desk.courses.every(function (one) { return one.id === id || near(box, one, most).d >= most * most; });
  }

  /** @type {(box: Edges, at: Dot) => [Dot, Dot]} */
  function leader(box, at) {
    return [[Math.min(Math.max(at[0], box[0]), box[2]), Math.min(Math.max(at[1], box[1]), box[3])], at];
  }

  /** @type {(line: [Dot, Dot], desk: Desk, id: string) => boolean} */
  function clean(line, desk, id) {
    /** @type {Edges} */
    const end = [line[1][0], line[1][1], line[1][0], line[1][1]];
    return nearest(end, desk, id, 0) && desk.taken.every(function (box) { return enters(line[0], line[1], box) === null; }) &&
      desk.courses.every(function (one) {
        return one.id === id || one.stretches.every(function (stretch) {
          return between(bounds(line), stretch.box) > 0 || stretch.dots.every(function (p, i) {
            return !i || !crosses(line[0], line[1], stretch.dots[i - 1], p);
          });
        });
      });
  }

  /** @type {(a: Dot, b: Dot, c: Dot, d: Dot) => boolean} */
  function crosses(a, b, c, d) {
    /** @type {(p: Dot, q: Dot, r: Dot) => number} */
    const side = function (p, q, r) { return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]); };
    return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
  }

  /** Boxes round a dot, the best first. @type {(at: Dot, w: number, h: number, r: number) => Edges[]} */
  function around(at, w, h, r) {
    return R.sides.map(function (side) {
      const slant = side[0] && side[1], x = at[0] + side[0] * ((slant ? r * R.slant[0] : r) + w / 2);
      const y = at[1] + side[1] * ((slant ? r * R.slant[1] : r) + h / 2);
      return /** @type {Edges} */ ([x - w / 2, y - h / 2, x + w / 2, y + h / 2]);
    });
  }

  /** @type {(words: Words, leads: readonly number[]) => Edges[]} */
  function tried(words, leads) {
    if (words.on) return words.stops.flatMap(function (p) { return around(p, words.w, words.h, 0).slice(-1); });
    return leads.flatMap(function (lead) {
      return words.stops.flatMap(function (p) { return around(p, words.w, words.h, words.reach + lead).slice(0, -1); });
    });
  }

  /** The first place for words that holds, the strict ones first; null where there is none. @type {(words: Words, desk: Desk) => Spot | null} */
  function spot(words, desk) {
    const id = words.id || '', close = words.leads.filter(function (lead) { return lead <= R.close; });
    const far = words.leads.filter(function (lead) { return lead > R.close; });
    const here = tried(words, id ? close : words.leads).filter(function (box) {
      return free(box, desk) && (id || words.on || nearSymbol(box, words, desk));
    });
    const by = here.find(function (box) {
      return clear(box, desk, false) && (!id || beside(box, desk, id));
    });
    if (by) return { box: by, leader: null };
    if (!id) {
      const over = words.keep && here.find(function (box) { return clear(box, desk, true); });
      return over ? { box: over, leader: null } : null;
    }
    return led(words, desk, tried(words, far).filter(function (box) { return free(box, desk); }), here);
  }

  /** Whether a name is nearer to its own symbol than to any other. @type {(box: Edges, words: Words, desk: Desk) => boolean} */
  function nearSymbol(box, words, desk) {
    /** @type {(p: Dot) => number} */
    const off = function (p) { return between(box, [p[0], p[1], p[0], p[1]]); };
    const own = Math.min.apply(null, words.stops.map(off));
    return desk.symbols.every(function (p) {
      return off(p) >= own || words.stops.some(function (s) { return apart(s, p) < 1; });
    });
  }

  /** @type {(box: Edges, desk: Desk, id: string) => boolean} */
  function beside(box, desk, id) {
    const mine = own(box, desk, id).d, half = halfOf(desk, id), most = half + R.close + R.gap;
    return mine <= most * most && nearest(box, desk, id, mine);
  }

  /** @type {(desk: Desk, id: string) => number} */
  function halfOf(desk, id) {
    return desk.courses.reduce(function (most, one) { return one.id === id ? Math.max(most, one.half) : most; }, 0);
  }

  /** Words that stand off their line: a leader says to which they belong. @type {(words: Words, desk: Desk, far: Edges[], here: Edges[]) => Spot | null} */
  function led(words, desk, far, here) {
    const id = words.id || '', all = here.concat(far);
    const line = function (/** @type {Edges} */ box) { return leader(box, own(box, desk, id).at); };
    const best = all.find(function (box) { return clear(box, desk, false) && clean(line(box), desk, id); }) ||
      all.find(function (box) { return clear(box, desk, false); }) ||
      (words.keep ? all.find(function (box) { return clear(box, desk, true); }) || all[0] : undefined);
    return best ? { box: best, leader: line(best) } : null;
  }

  /** The longest stretch of a line within the map. @type {(parts: Dot[][], width: number, height: number) => Dot[]} */
  function inView(parts, width, height) {
    /** @type {Edges} */
    const view = [0, 0, width, height];
    /** @type {Dot[][]} */
    const runs = [];
    parts.forEach(function (dots) {
      let open = false;
      for (let i = 1; i < dots.length; i++) {
        const a = dots[i - 1], b = dots[i], from = enters(a, b, view), back = enters(b, a, view);
        if (from === null || back === null || from + back >= 1) { open = false; continue; }
        if (!open || from > 0) runs.push([mix(a, b, from)]);
        runs[runs.length - 1].push(mix(a, b, 1 - back));
        open = back === 0;
      }
    });
    return runs.reduce(function (best, run) { return long(run) > long(best) ? run : best; }, /** @type {Dot[]} */ ([]));
  }

  /** @type {(a: Dot, b: Dot, t: number) => Dot} */
  function mix(a, b, t) { return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]; }

  /** @type {(a: Dot, b: Dot) => number} */
  function apart(a, b) { return Math.hypot(b[0] - a[0], b[1] - a[1]); }

  /** @type {(dots: Dot[]) => number} */
  function long(dots) {
    return dots.reduce(function (sum, p, i) { return i ? sum + apart(dots[i - 1], p) : 0; }, 0);
  }

  /** Where words may be tried along a line: the middle first. @type {(dots: Dot[]) => Dot[]} */
  function stops(dots) {
    const whole = long(dots);
    return dots.length < 2 ? dots : R.stops.map(function (share) {
      let rest = share * whole, i = 1;
      while (i < dots.length - 1 && apart(dots[i - 1], dots[i]) < rest) { rest -= apart(dots[i - 1], dots[i]); i += 1; }
      return mix(dots[i - 1], dots[i], rest / (apart(dots[i - 1], dots[i]) || 1));
    });
  }

  /** Where a line leaves the map (`out`) and comes back into it. @type {(parts: Dot[][], width: number, height: number) => { at: Dot, out: boolean }[]} */
  function gates(parts, width, height) {
    /** @type {Edges} */
    const view = [0, 0, width, height];
    /** @type {{ at: Dot, out: boolean }[]} */
    const found = [];
    parts.forEach(function (dots) {
      for (let i = 1; i < dots.length; i++) {
        const a = dots[i - 1], b = dots[i], from = enters(a, b, view), back = enters(b, a, view);
        if (from === null || back === null || from + back >= 1) continue;
        if (from > 0) found.push({ at: mix(a, b, from), out: false });
        if (back > 0) found.push({ at: mix(b, a, back), out: true });
      }
    });
    return found;
  }

  /** The boxes that placed words take: their own, and small ones along their leader. @type {(spot: Spot) => Edges[]} */
  function covered(spot) {
    if (!spot.leader) return [spot.box];
    const [a, b] = spot.leader, count = Math.ceil(apart(a, b) / R.pace);
    return [spot.box].concat(Array.from({ length: count }, function (_, n) {
      const p = mix(a, b, (n + 0.5) / count);
      return /** @type {Edges} */ ([p[0], p[1], p[0], p[1]]);
    }));
  }

  T.clear = clear;
  T.covered = covered;
  T.gates = gates;
  T.course = course;
  T.inView = inView;
  T.stops = stops;
  T.spot = spot;
})();
