/* Where a line leaves the map, the place it goes to, named at the edge. geo/output/still/edges.py says the same. */
(function () {
  'use strict';
  const T = window.Tumen;
  const ARROWS = ['←', '↑', '→', '↓'];
  /** Lines that leave close by each other, and where they go. @typedef {{ side: number, at: Dot, places: string[] }} Edge */

  /** The side a point lies on: left, top, right, bottom. @type {(at: Dot, width: number, height: number) => number} */
  function sideOf(at, width, height) {
    const away = [at[0], at[1], width - at[0], height - at[1]];
    return away.indexOf(Math.min.apply(null, away));
  }

  /** A line that leaves goes to where it ends; one that comes in is named by where it began, unless that is seen. */
  /** @type {(line: EdgeLine, seen: Set<string>, width: number, height: number) => { at: Dot, place: string }[]} */
  function named(line, seen, width, height) {
    const ends = line.ends;
    return T.gates(line.parts, width, height).map(function (gate) {
      return { at: gate.at, place: ends[gate.out ? 1 : 0] || '', out: gate.out };
    }).filter(function (gate) { return gate.place && (gate.out || !seen.has(gate.place)); });
  }

  /** @type {(lines: EdgeLine[], seen: Set<string>, width: number, height: number) => Edge[]} */
  function edges(lines, seen, width, height) {
    /** @type {Edge[]} */
    const found = [];
    lines.flatMap(function (line) { return named(line, seen, width, height); }).forEach(function (gate) {
      const side = sideOf(gate.at, width, height), along = side % 2 ? 0 : 1;
      const near = found.find(function (e) {
        return e.side === side && Math.abs(e.at[along] - gate.at[along]) <= T.rules.labels.edge_apart;
      });
      if (!near) found.push({ side: side, at: gate.at, places: [gate.place] });
      else if (!near.places.includes(gate.place)) near.places.push(gate.place);
    });
    return found;
  }

  /** @type {(edge: Edge, name: (id: string) => string) => string} */
  function words(edge, name) {
    const names = edge.places.map(name), most = T.rules.labels.edge_names, arrow = ARROWS[edge.side];
    const text = names.slice(0, most).join(', ') + (names.length > most ? ' +' + (names.length - most) : '');
    return edge.side === 0 ? arrow + ' ' + text : text + ' ' + arrow;
  }

  T.edges = edges;
  T.edgeWords = words;
})();
